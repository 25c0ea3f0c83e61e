"""Reads CSV: UTF-8, separated by commas, semicolons or tabs, with or without a header. Called by `reading`.

Refuses ragged rows, missing values and text in input columns, each with its line and column. Blank lines are skipped.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from engine.data.files.request import Request
from engine.data.files.table import Table, column_numbers, pick_targets
from engine.errors import InvalidDataset

# Stricter than float(): no underscores, no digits of other scripts, and neither nan nor inf.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r"[\d.eE+-]*", re.ASCII)
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
# Text arrays give every row the room of the longest: one long cell must not multiply.
_LONGEST_CLASS = 200

Row = tuple[int, list[str]]


def read_csv(path: Path, request: Request) -> Table:
    """The table in a CSV file; raises `InvalidDataset` naming line and column."""
    # A value takes at least two bytes of text, and eight in memory.
    if path.stat().st_size * 4 > request.limit_bytes:
        raise InvalidDataset(f"{path.name} is larger than {request.limit_bytes // 4} bytes")
    rows = _rows(path)
    first = next(rows, None)
    if first is None:
        raise InvalidDataset(f"{path.name} is empty")
    cells = first[1]
    header = request.header if request.header is not None else not any(_NUMBER.fullmatch(cell) for cell in cells)
    names = _header_names(first) if header else []
    targets = pick_targets(request.target, names, len(cells))
    return _table(request, len(cells), names, targets, rows if header else _chain(first, rows))


def _rows(path: Path) -> Iterator[Row]:
    """Line number and stripped cells of each line that is not blank."""
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                line = reader.line_num
                if any(cell.strip() for cell in cells):
                    yield line, [cell.strip() for cell in cells]
    except UnicodeDecodeError as error:
        raise InvalidDataset(f"{path.name} is not UTF-8 text: save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise InvalidDataset(f"{path.name}, after line {line}: {error}") from error


def _delimiter(line: str) -> str:
    """Tab if the first line has one outside quotes, else semicolon, else comma (which may also be a decimal comma)."""
    unquoted = re.sub(r'"[^"]*"', "", line)
    return next((delimiter for delimiter in "\t;" if delimiter in unquoted), ",")


def _chain(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _header_names(row: Row) -> list[str]:
    names = row[1]
    for position, name in enumerate(names):
        if name and name in names[:position]:
            raise InvalidDataset(f"line {row[0]}: two columns are named {name!r}")
    return names


def _table(request: Request, width: int, names: list[str], targets: list[int], rows: Iterator[Row]) -> Table:
    inputs = [column for column in range(width) if column not in targets]
    shown = [f"column {name!r}" if name else column_numbers(width)[i] for i, name in enumerate(names)]
    shown = shown or column_numbers(width)
    # A single class column is text to us, whatever it holds.
    textual = request.task == "classification" and len(targets) == 1
    input_values, target_values, target_texts, lines = array("d"), array("d"), [], array("q")
    for line, cells in rows:
        if len(cells) != width:
            raise InvalidDataset(f"line {line} has {len(cells)} cells, the first line has {width}")
        lines.append(line)
        input_values.extend(_numbers(cells, inputs, line, shown))
        if textual:
            target_texts.append(_class(cells[targets[0]], line, shown[targets[0]]))
        else:
            target_values.extend(_numbers(cells, targets, line, shown))
    return Table(
        np.array(input_values).reshape(len(lines), len(inputs)),
        np.array(target_texts, dtype=np.str_).reshape(-1, 1)
        if textual
        else np.array(target_values).reshape(len(lines), len(targets)),
        lambda row: f"line {lines[row]}",
        [shown[column] for column in inputs],
        [names[column] if names else shown[column] for column in targets],
    )


def _numbers(cells: list[str], columns: list[int], line: int, names: list[str]) -> list[float]:
    """The numbers in these columns; the fast way for a row of nothing else, cell by cell to find what is wrong."""
    chosen = [cells[column] for column in columns]
    if _PLAIN.fullmatch("".join(chosen)):
        with suppress(ValueError):
            return list(map(float, chosen))
    return [_number(cells[column], line, names[column]) for column in columns]


def _number(cell: str, line: int, column: str) -> float:
    if _NUMBER.fullmatch(cell):
        return float(cell)
    if cell.lower() in _MISSING:
        raise InvalidDataset(f"line {line}, {column}: the value is missing; fill it in or leave the row out")
    if _NUMBER.fullmatch(cell.replace(",", ".")):
        raise InvalidDataset(f"line {line}, {column}: {cell!r} has a decimal comma; write a point")
    raise InvalidDataset(
        f"line {line}, {column}: {cell[:40]!r} is not a finite number; "
        "leave a text column out or replace it by one column of 0 and 1 per value"
    )


def _class(cell: str, line: int, column: str) -> str:
    if cell.lower() in _MISSING:
        raise InvalidDataset(f"line {line}, {column}: the class is missing; fill it in or leave the row out")
    if len(cell) > _LONGEST_CLASS:
        raise InvalidDataset(
            f"line {line}, {column}: the class has {len(cell)} characters; {_LONGEST_CLASS} are allowed"
        )
    return cell
