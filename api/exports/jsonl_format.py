"""JSON lines: one object a row; what is not finite or undefined is null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import orjson

from api.exports.base import Format
from results.reads.exporting import Columns, ExportColumn

EXAMPLE = '{"trial_id":1,"trial":0,"learning_rate":0.5,"epoch":0,"validation_cost":1.268}\n'


def _write(columns: Sequence[ExportColumn], chunks: Iterable[Columns]) -> Iterator[bytes]:
    before = [b'%s"%s":' % (b"," if place else b"{", column.name.encode()) for place, column in enumerate(columns)]
    for chunk in chunks:
        yield _lines(before, [_tokens(chunk[column.name], column.kind) for column in columns])


def _lines(before: Sequence[bytes], columns: Sequence[Sequence[bytes]]) -> bytes:
    """The tokens of all columns, each behind what stands before it, row by row: laid out by strides, joined once."""
    rows, width = len(columns[0]), 2 * len(columns) + 1
    parts = [b"}\n"] * (rows * width)
    for place, (prefix, tokens) in enumerate(zip(before, columns, strict=True)):
        parts[2 * place :: width] = [prefix] * rows
        parts[2 * place + 1 :: width] = tokens
    return b"".join(parts)


def _tokens(values: Sequence[Any] | np.ndarray[Any, Any], kind: str) -> Sequence[bytes]:
    """Each value as JSON; an array of numbers is written at once, and a text that comes again only once."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",") if len(values) else []
    if kind == "text":
        known = {text: orjson.dumps(text) for text in set(values)}
        return [known[text] for text in values]
    return [orjson.dumps(value, option=orjson.OPT_UTC_Z) for value in values]


JSON_LINES = Format("jsonl", "application/x-ndjson", EXAMPLE, _write)
