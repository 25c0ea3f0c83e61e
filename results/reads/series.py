"""The rows of many trials as columns of numbers, without a Python object for each number. Used by the other reads.

On PostgreSQL a trial's column comes as one array in the form PostgreSQL sends arrays in (a header, then each number
behind its length), which NumPy takes as it is; on SQLite as rows. NULL, which stands for what is not finite or not
defined, becomes NaN: the tables hold no NaN of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, Double, LargeBinary, Table, func, literal, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from results.tables.measures import Measure
from results.tables.trials import trials

_HEADER = 20  # bytes: dimensions, whether there are NULLs, type, length, first index


@dataclass(frozen=True)
class Series:
    """The rows of all trials one behind the other: those of `trial_ids[i]` are `counts[i]` in each of `columns`.

    Integers are int32, measures float64 with NaN for NULL.
    """

    trial_ids: Sequence[int]
    counts: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]

    def of_trials(self, name: str) -> dict[int, NDArray[Any]]:
        """One column, cut into trials."""
        parts = np.split(self.columns[name], np.cumsum(self.counts)[:-1]) if len(self.counts) else []
        return dict(zip(self.trial_ids, parts, strict=True))


def series(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    where: ColumnElement[bool],
    rows: ColumnElement[bool] | None = None,
) -> Series:
    """These columns of `epochs` or `layer_epochs`, in the order of the key, of the trials that are meant, by number.

    `where` is about `trials`; trials without any row are there, with none. `rows`: which rows of theirs, or all.
    """
    own = [table.c[name] for name in names]
    wanted = true() if rows is None else rows
    if connection.dialect.name == "postgresql":
        return _of_arrays(connection, table, own, where, wanted)
    return _of_rows(connection, table, own, where, wanted)


def nullable(numbers: NDArray[Any]) -> list[Any]:
    """Plain numbers, None for NaN."""
    plain: list[Any] = numbers.tolist()
    return [None if one != one else one for one in plain] if np.isnan(numbers).any() else plain


def _of_arrays(
    connection: Connection,
    table: Table,
    own: Sequence[Column[Any]],
    where: ColumnElement[bool],
    wanted: ColumnElement[bool],
) -> Series:
    keys = [column for column in table.primary_key if column.name != "trial_id"]
    arrays = [_array(column, keys).label(column.name) for column in own]
    of_trial = (table.c.trial_id == trials.c.id) & wanted
    rows = select(func.count().label("rows"), *arrays).where(of_trial).lateral()
    query = select(trials.c.id, rows).select_from(trials.join(rows, true())).where(where).order_by(trials.c.number)
    ids, counts, *columns = _transposed(connection.execute(query).all(), 2 + len(own))
    found = {column.name: _numbers(column, parts) for column, parts in zip(own, columns, strict=True)}
    return Series(ids, np.array(counts, dtype=np.int64), found)


def _array(column: Column[Any], keys: Sequence[Column[Any]]) -> Any:
    value = func.coalesce(column, literal(float("nan"), Double)) if isinstance(column.type, Measure) else column
    return func.array_send(func.array_agg(aggregate_order_by(value, *keys)), type_=LargeBinary)


def _numbers(column: Column[Any], parts: Sequence[bytes | None]) -> NDArray[Any]:
    """The arrays of all trials (None: of no rows) as one."""
    sent = b"".join(part[_HEADER:] for part in parts if part is not None)
    kind, native = (">f8", np.float64) if isinstance(column.type, Measure) else (">i4", np.int32)
    return np.frombuffer(sent, [("length", ">i4"), ("value", kind)])["value"].astype(native)


def _of_rows(
    connection: Connection,
    table: Table,
    own: Sequence[Column[Any]],
    where: ColumnElement[bool],
    wanted: ColumnElement[bool],
) -> Series:
    ids = list(connection.execute(select(trials.c.id).where(where).order_by(trials.c.number)).scalars())
    keys = [column for column in table.primary_key if column.name != "trial_id"]
    query = select(table.c.trial_id, *own).select_from(table.join(trials)).where(where, wanted)
    owners, *columns = _transposed(connection.execute(query.order_by(trials.c.number, *keys)).all(), 1 + len(own))
    place = {trial_id: number for number, trial_id in enumerate(ids)}
    counts = np.bincount([place[owner] for owner in owners], minlength=len(ids)) if ids else np.zeros(0)
    kinds = [np.float64 if isinstance(column.type, Measure) else np.int32 for column in own]
    found = {
        column.name: np.array(values, dtype=kind) for column, values, kind in zip(own, columns, kinds, strict=True)
    }
    return Series(ids, counts.astype(np.int64), found)


def _transposed(rows: Sequence[Any], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
