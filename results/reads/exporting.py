"""All rows of a sweep to take away, in chunks of columns: its trials, its epochs, or the health of its layers.

Called by the API's export, chunk by chunk, each in a transaction of its own: a slow reader holds up nobody. Rows come
by trial, then by epoch; what a running sweep adds meanwhile behind the last chunk is not there. Of a trial that is
extended there are the epochs up to its last complete end, which its results are of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, select
from sqlalchemy.sql.elements import KeyedColumnElement

from engine.hyperparameters import HYPERPARAMETERS
from results.complete_ends import of_result
from results.reads.comparison import swept
from results.reads.series import series
from results.tables.sweeps import configurations
from results.tables.trials import epochs, layer_epochs, trials

MOST_ROWS = 50_000  # of a chunk
_LAYERS_GUESSED = 4  # rows of an epoch in `layers`, for the size of chunks
_TRIAL_LEFT_OUT = {"sweep_id", "configuration_id", "job_id", "machine", "id", "number", "replicate"}
_PRIVATE = ("mlflow_", "tracked_", "tracking_")
Columns = dict[str, Sequence[Any] | NDArray[Any]]  # name -> values, all of one length; in arrays NaN is NULL


class Subject(StrEnum):
    """What a row is."""

    EPOCHS = "epochs"
    TRIALS = "trials"
    LAYERS = "layers"


@dataclass(frozen=True)
class ExportColumn:
    """`kind`: integer, real, text, boolean or time."""

    name: str
    kind: str


@dataclass(frozen=True)
class Export:
    """What will be exported. `chunks`: first and last trial number of each, together all that there were."""

    sweep_id: int
    subject: Subject
    columns: tuple[ExportColumn, ...]
    chunks: tuple[tuple[int, int], ...]


def export_of(connection: Connection, sweep_id: int, subject: Subject) -> Export:
    """The columns and chunks of an export. Epochs and layers carry the hyperparameters that the sweep varies."""
    hyperparameters = tuple(HYPERPARAMETERS) if subject is Subject.TRIALS else swept(connection, sweep_id)
    columns = (*_trial_columns(subject), *(configurations.c[name] for name in hyperparameters), *_own(subject))
    found = tuple(ExportColumn(str(column.key), _kind(column)) for column in columns)
    return Export(sweep_id, subject, found, tuple(_chunks(connection, sweep_id, subject)))


def chunk_of(connection: Connection, export: Export, chunk: tuple[int, int]) -> Columns:
    """The columns of one chunk, in the order of `export.columns`."""
    names = [column.name for column in export.columns]
    per_trial = _per_trial(connection, export, chunk)
    if export.subject is Subject.TRIALS:
        return {name: per_trial[name] for name in names}
    table = epochs if export.subject is Subject.EPOCHS else layer_epochs
    rows = series(
        connection, table, [column.name for column in _own(export.subject)], _within(export, chunk), of_result(table)
    )
    kinds = {column.name: column.kind for column in export.columns}
    repeated = {name: np.repeat(_array(values, kinds[name]), rows.counts) for name, values in per_trial.items()}
    return {name: repeated[name] if name in repeated else rows.columns[name] for name in names}


def _per_trial(connection: Connection, export: Export, chunk: tuple[int, int]) -> dict[str, Sequence[Any]]:
    columns = [*_trial_columns(export.subject), *(configurations.c[one.name] for one in export.columns if _varied(one))]
    query = select(*columns).select_from(trials.join(configurations)).where(_within(export, chunk))
    rows = connection.execute(query.order_by(trials.c.number)).all()
    names = [str(column.key) for column in columns]
    return dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))


def _array(values: Sequence[Any], kind: str) -> NDArray[Any]:
    """Numbers as numbers, where none is NULL or NaN can say so; all else as it is."""
    if kind == "real" or (kind == "integer" and None not in values):
        return np.array(values, dtype=np.float64 if kind == "real" else np.int64)
    return np.array(values, dtype=object)


def _within(export: Export, chunk: tuple[int, int]) -> Any:
    return (trials.c.sweep_id == export.sweep_id) & trials.c.number.between(*chunk)


def _varied(column: ExportColumn) -> bool:
    return column.name in HYPERPARAMETERS


def _trial_columns(subject: Subject) -> tuple[KeyedColumnElement[Any], ...]:
    """What says which trial it is; of trials, also what came of them."""
    identity = (
        trials.c.id.label("trial_id"),
        trials.c.number.label("trial"),
        configurations.c.number.label("configuration"),
        trials.c.replicate,
    )
    if subject is not Subject.TRIALS:
        return identity
    rest = (column for column in trials.c if column.key not in _TRIAL_LEFT_OUT and not column.key.startswith(_PRIVATE))
    return (*identity, configurations.c.parameter_count, *rest)


def _own(subject: Subject) -> tuple[Column[Any], ...]:
    if subject is Subject.TRIALS:
        return ()
    table = epochs if subject is Subject.EPOCHS else layer_epochs
    return tuple(column for column in table.c if column.key not in ("trial_id", "recorded_at"))


def _kind(column: KeyedColumnElement[Any]) -> str:
    name = type(column.type).__name__
    kinds = {"Integer": "integer", "BigInteger": "integer", "Float": "real", "Measure": "real", "UTCTime": "time"}
    return kinds.get(name, "boolean" if name == "Boolean" else "text")


def _chunks(connection: Connection, sweep_id: int, subject: Subject) -> list[tuple[int, int]]:
    query = select(trials.c.number, trials.c.epochs_recorded).where(trials.c.sweep_id == sweep_id)
    found: list[tuple[int, int]] = []
    first, size = 0, 0
    each = {Subject.EPOCHS: 1, Subject.LAYERS: _LAYERS_GUESSED, Subject.TRIALS: 0}[subject]
    last = -1
    for number, recorded in connection.execute(query.order_by(trials.c.number)):
        rows = each * (recorded + 1) or 1
        if size and size + rows > MOST_ROWS:
            found.append((first, last))
            first, size = number, 0
        size += rows
        last = number
    return [*found, (first, last)] if last >= 0 else found
