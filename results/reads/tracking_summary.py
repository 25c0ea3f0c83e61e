"""A sweep at a glance, for the description of its run in MLflow: counts, leaders, and the space it covers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, select

from engine.hyperparameters import HYPERPARAMETERS
from results.complete_ends import diverged
from results.reads.tracking_rows import DATASET_COLUMNS, tracked_dataset
from results.reads.tracking_values import Leader, SweepSummary, TrackedDataset
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import trials
from sweeps.states import State

_JUDGED = {
    "train_cost": "best_train_cost",
    "validation_accuracy": "best_validation_accuracy",
    "epoch_seconds": "seconds",
}


def summary(connection: Connection, sweep_id: int, leaders: int = 5) -> SweepSummary:
    """Counts and space of a sweep, and its best trials: by its metric, as the comparison judges, ties by number."""
    return SweepSummary(
        states=_counts(connection, sweep_id, trials.c.state),
        outcomes=_counts(connection, sweep_id, trials.c.outcome),
        datasets=_datasets(connection, sweep_id),
        leaders=_leaders(connection, sweep_id, leaders),
        space=_space(connection, sweep_id),
    )


def _counts(connection: Connection, sweep_id: int, column: ColumnElement[Any]) -> Mapping[str, int]:
    query = select(column, func.count()).where(trials.c.sweep_id == sweep_id, column.is_not(None))
    query = query.group_by(column).order_by(func.count().desc(), column)
    return {str(row[0]): row[1] for row in connection.execute(query)}


def _datasets(connection: Connection, sweep_id: int) -> tuple[TrackedDataset, ...]:
    used = select(configurations.c.dataset_id).where(configurations.c.sweep_id == sweep_id)
    query = select(*DATASET_COLUMNS).where(datasets.c.id.in_(used)).order_by(datasets.c.name, datasets.c.id)
    return tuple(tracked_dataset(row) for row in connection.execute(query))


def _leaders(connection: Connection, sweep_id: int, most: int) -> tuple[Leader, ...]:
    metric = select(sweeps.c.metric_name).where(sweeps.c.id == sweep_id)
    judged = trials.c[_JUDGED.get(connection.execute(metric).scalar_one(), "best_validation_cost")]
    lost = trials.c.state.in_((State.FAILED, State.CANCELLED))
    query = (
        select(
            trials.c.number,
            configurations.c.number.label("configuration_number"),
            trials.c.replicate,
            configurations.c.hyperparameters,
            literal(judged.name).label("judged_by"),
            trials.c.best_validation_cost,
            trials.c.best_train_cost,
            trials.c.seconds,
            trials.c.best_epoch,
            trials.c.best_validation_accuracy,
        )
        .select_from(trials.join(configurations))
        .where(trials.c.sweep_id == sweep_id, judged.is_not(None), ~diverged(), ~lost)
        .order_by(judged.desc() if "accuracy" in judged.name else judged, trials.c.number)
        .limit(most)
    )
    return tuple(Leader(**row._mapping) for row in connection.execute(query))


def _space(connection: Connection, sweep_id: int) -> Mapping[str, tuple[Any, ...]]:
    """Every hyperparameter with its values: one look over all configurations, one more for each that is swept."""
    columns = [configurations.c[name] for name in HYPERPARAMETERS]
    here = configurations.c.sweep_id == sweep_id
    spread = [part for column in columns for part in (func.min(column), func.max(column), func.count(column))]
    found = connection.execute(select(*spread, func.count()).where(here)).one()
    space: dict[str, tuple[Any, ...]] = {}
    for place, column in enumerate(columns):
        low, high, filled = found[3 * place : 3 * place + 3]
        if low == high and filled in (0, found[-1]):
            space[column.name] = (_value(low),)
        else:
            values = connection.execute(select(column).where(here).distinct()).scalars()
            space[column.name] = tuple(sorted(map(_value, values), key=_order))
    return space


def _order(value: Any) -> tuple[Any, ...]:
    """Numbers by size, lists by length first, then names; None, the default, last."""
    if value is None:
        return (3,)
    if isinstance(value, tuple):
        return (1, len(value), value)
    return (2, value) if isinstance(value, str) else (0, value)


def _value(stored: Any) -> Any:
    """Lists stand as JSON text in their columns."""
    if isinstance(stored, str) and stored.startswith("["):
        return tuple(json.loads(stored))
    return stored
