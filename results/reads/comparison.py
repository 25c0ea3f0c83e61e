"""What the comparisons are made of: every trial's result, and which hyperparameters the sweep varies."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from comparison.results import TrialResult
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS
from results.complete_ends import epochs_of_result, state_of_result
from results.hyperparameter_columns import values_from
from results.tables.sweeps import configurations
from results.tables.trials import trial_targets, trials

_OWN_NAMES = {"trial_id", "configuration_number", "values", "target_epochs", "state", "epochs_recorded"}
_END = (trials.c.state, trials.c.completed_epochs, trials.c.epochs_recorded)
_COLUMNS = [trials.c[name] for name in TrialResult.__dataclass_fields__ if name not in _OWN_NAMES]


def trial_results(connection: Connection, sweep_id: int) -> list[TrialResult]:
    """The results of all trials of the sweep so far, by number; of one that is extended those of its last end."""
    targets: dict[int, dict[float, int]] = defaultdict(dict)
    reached = select(trial_targets).select_from(trial_targets.join(trials)).where(trials.c.sweep_id == sweep_id)
    for trial_id, target, epoch in connection.execute(reached.order_by(trial_targets.c.target.desc())):
        targets[trial_id][target] = epoch
    values = _values(connection, sweep_id)
    query = (
        select(trials.c.id, trials.c.configuration_id, *_END, *_COLUMNS)
        .where(trials.c.sweep_id == sweep_id)
        .order_by(trials.c.number)
    )
    return [_result(row, values, targets[row.id]) for row in connection.execute(query)]


def swept(connection: Connection, sweep_id: int) -> tuple[str, ...]:
    """The hyperparameters that have more than one value in the sweep, in the registry's order."""
    columns = [configurations.c[name] for name in HYPERPARAMETERS]
    kinds = [func.count(column.distinct()) + func.max(case((column.is_(None), 1), else_=0)) for column in columns]
    counts = connection.execute(select(*kinds).where(configurations.c.sweep_id == sweep_id)).one()
    return tuple(name for name, count in zip(HYPERPARAMETERS, counts, strict=True) if (count or 0) > 1)


def _values(connection: Connection, sweep_id: int) -> dict[int, tuple[int, dict[str, Value]]]:
    """Number and hyperparameters of each configuration, read once and shared by its replicates."""
    query = select(configurations.c.id, configurations.c.number, configurations.c.hyperparameters)
    found = connection.execute(query.where(configurations.c.sweep_id == sweep_id))
    return {row.id: (row.number, values_from(row.hyperparameters)) for row in found}


def _result(row: Row[Any], values: dict[int, tuple[int, dict[str, Value]]], targets: dict[float, int]) -> TrialResult:
    number, hyperparameters = values[row.configuration_id]
    own = {column.name: row._mapping[column.name] for column in _COLUMNS}
    own |= {"state": state_of_result(row), "epochs_recorded": epochs_of_result(row)}
    return TrialResult(
        trial_id=row.id, configuration_number=number, values=hyperparameters, target_epochs=targets, **own
    )
