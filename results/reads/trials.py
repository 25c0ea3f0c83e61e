"""Trials as their users see them: one, or a sweep's in pages, filtered and sorted. Called by the API.

A page goes on where the last row of the one before stood (keyset), so trials that are added or change in between
neither shift it nor make it slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from results.errors import NoSuchTrial
from results.hyperparameter_columns import values_from
from results.reads.trial_cursors import read_cursor, write_cursor
from results.reads.trial_filters import conditions
from results.reads.trial_sorting import Sorting, after, ordering, sorting
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import trial_targets, trials
from results.values import TrialPage, TrialView
from sweeps.states import State

_CHUNK = 5000  # keys in one IN (...)
_COLUMNS = [column for column in trials.columns if column.name in TrialView.__dataclass_fields__]


def find(connection: Connection, trial_id: int) -> TrialView:
    """The trial; raises `NoSuchTrial`."""
    rows = connection.execute(_query().where(trials.c.id == trial_id)).all()
    if not rows:
        raise NoSuchTrial(trial_id)
    return _views(connection, rows)[0]


def page(
    connection: Connection,
    sweep_id: int,
    filters: Mapping[str, object] | None = None,
    sort: str = "number",
    cursor: str | None = None,
    limit: int = 100,
) -> TrialPage:
    """Up to `limit` trials of the sweep that meet every filter, from the cursor of the page before on.

    `filters`: `state`, `outcome`, `replicate`, `configuration` (its number) or a hyperparameter -> value, where None
    asks for the empty one and a set for any of its members. `sort`: see `trial_sorting.SORTABLE`; a leading `-` turns
    the order, empty values come last, ties go by key. Raises `InvalidFilter`, `InvalidSort`, `InvalidCursor`.
    """
    order = sorting(sort)
    query = _query(order).where(trials.c.sweep_id == sweep_id, *conditions(filters or {}))
    if cursor is not None:
        query = query.where(after(order, *read_cursor(cursor, order)))
    rows = connection.execute(query.order_by(*ordering(order)).limit(limit + 1)).all()
    shown = rows[:limit]
    last = write_cursor(order, shown[-1].sort_value, shown[-1].id) if len(rows) > limit and shown else None
    return TrialPage(tuple(_views(connection, shown)), last)


def _query(order: Sorting | None = None) -> Select[Any]:
    query = select(
        *_COLUMNS,
        configurations.c.number.label("configuration_number"),
        configurations.c.hyperparameters,
        configurations.c.parameter_count,
        sweeps.c.mlflow_experiment_id,
    ).select_from(
        trials.join(configurations, trials.c.configuration_id == configurations.c.id).join(
            sweeps, trials.c.sweep_id == sweeps.c.id
        )
    )
    return query if order is None else query.add_columns(order.column.label("sort_value"))


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[TrialView]:
    targets: dict[int, dict[float, int]] = defaultdict(dict)
    ids = [row.id for row in rows]
    for first in range(0, len(ids), _CHUNK):
        query = select(trial_targets).where(trial_targets.c.trial_id.in_(ids[first : first + _CHUNK]))
        for trial_id, target, epoch in connection.execute(query.order_by(trial_targets.c.target.desc())):
            targets[trial_id][target] = epoch
    return [_view(row, targets[row.id]) for row in rows]


def _view(row: Row[Any], target_epochs: Mapping[float, int]) -> TrialView:
    columns = {name: value for name, value in row._mapping.items() if name != "sort_value"}
    columns |= {"state": State(row.state), "hyperparameters": values_from(row.hyperparameters)}
    return TrialView(**columns, target_epochs=target_epochs)
