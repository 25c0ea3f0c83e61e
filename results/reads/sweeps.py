"""Sweeps as their users see them: one, or a page of them, newest first. Called by the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from results.errors import NoSuchSweep
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import trials
from results.values import SweepView
from sweeps.states import State, Wanted

_COLUMNS = [column for column in sweeps.columns if column.name in SweepView.__dataclass_fields__]
_COUNTS = ("epochs_recorded", "diverged_count", "reused_count")


def wanted(connection: Connection, sweep_id: int) -> Wanted:
    """What its user wants of a sweep that is stored."""
    return Wanted(connection.execute(select(sweeps.c.wanted).where(sweeps.c.id == sweep_id)).scalar_one())


def find(connection: Connection, sweep_id: int) -> SweepView:
    """The sweep; raises `NoSuchSweep`."""
    rows = connection.execute(select(*_COLUMNS).where(sweeps.c.id == sweep_id)).all()
    if not rows:
        raise NoSuchSweep(sweep_id)
    return _views(connection, rows)[0]


def page(
    connection: Connection,
    project: str | None = None,
    state: State | str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[SweepView]:
    """Up to `limit` sweeps, newest first, of this project and in this state, with keys below `before`."""
    query = select(*_COLUMNS).order_by(sweeps.c.id.desc()).limit(limit)
    if project is not None:
        query = query.where(sweeps.c.project == project)
    if state is not None:
        query = query.where(sweeps.c.state == str(state))
    if before is not None:
        query = query.where(sweeps.c.id < before)
    return _views(connection, connection.execute(query).all())


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[SweepView]:
    ids = [row.id for row in rows]
    states: dict[int, dict[State, int]] = {sweep_id: {} for sweep_id in ids}
    counts: dict[int, Counter[str]] = {sweep_id: Counter() for sweep_id in ids}
    for sweep_id, state, count, *others in connection.execute(_trials_by_state(ids)):
        states[sweep_id][State(state)] = count
        counts[sweep_id].update(dict(zip(_COUNTS, map(int, others), strict=True)))
    planned = {row[0]: row[1] for row in connection.execute(_planned(ids))}
    return [_view(row, states[row.id], counts[row.id], planned.get(row.id, 0)) for row in rows]


def _trials_by_state(ids: Sequence[int]) -> Any:
    reached = func.sum(case((trials.c.epochs_recorded > 0, trials.c.epochs_recorded), else_=0))
    diverged = func.sum(case((trials.c.outcome == "diverged", 1), else_=0))
    counts = (func.count(), reached, diverged, func.count(trials.c.reused_from))  # as `_COUNTS` names them
    query = select(trials.c.sweep_id, trials.c.state, *counts).where(trials.c.sweep_id.in_(ids))
    return query.group_by(trials.c.sweep_id, trials.c.state).order_by(trials.c.sweep_id, trials.c.state)


def _planned(ids: Sequence[int]) -> Any:
    query = select(trials.c.sweep_id, func.sum(configurations.c.epochs)).select_from(trials.join(configurations))
    return query.where(trials.c.sweep_id.in_(ids)).group_by(trials.c.sweep_id)


def _view(row: Row[Any], states: dict[State, int], counts: Counter[str], planned: int) -> SweepView:
    columns = dict(row._mapping)
    columns |= {"state": State(row.state), "wanted": Wanted(row.wanted)}
    columns |= {"targets": tuple(row.targets), "notes": tuple(row.notes)}
    columns |= {name: counts[name] for name in _COUNTS} | {"epochs_planned": int(planned)}
    return SweepView(**columns, trials=states)
