"""What the comparisons are made of: every trial's result, and which hyperparameters the sweep varies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, case, func, select

from comparison.results import TrialResult
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS
from results.complete_ends import result_state
from results.hyperparameter_columns import values_from
from results.tables.sweeps import configurations
from results.tables.trials import trial_targets, trials
from sweeps.states import State

_OWN_NAMES = {"trial_id", "configuration_number", "values", "target_epochs", "state", "epochs_recorded"}
_END = (trials.c.state, trials.c.completed_epochs, trials.c.epochs_recorded)
_OWN = [name for name in TrialResult.__dataclass_fields__ if name not in _OWN_NAMES]
_STATES = {(state, completed): result_state(state, completed) for state in State for completed in (False, True)}
_QUERIED = (trials.c.id, trials.c.configuration_id, *_END, *(trials.c[name] for name in _OWN))


def trial_results(connection: Connection, sweep_id: int) -> list[TrialResult]:
    """The results of all trials of the sweep so far, by number; of one that is extended those of its last end."""
    targets: dict[int, dict[float, int]] = defaultdict(dict)
    reached = select(trial_targets).select_from(trial_targets.join(trials)).where(trials.c.sweep_id == sweep_id)
    for trial_id, target, epoch in connection.execute(reached.order_by(trial_targets.c.target.desc())):
        targets[trial_id][target] = epoch
    values = _values(connection, sweep_id)
    query = select(*_QUERIED).where(trials.c.sweep_id == sweep_id).order_by(trials.c.number)
    return list(_results(connection.execute(query), values, targets))


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


def _results(
    rows: Iterable[Any], values: dict[int, tuple[int, dict[str, Value]]], targets: dict[int, dict[float, int]]
) -> Iterator[TrialResult]:
    """A result of each row of `_QUERIED`; large sweeps have 100,000, so nothing is looked up twice."""
    none: dict[float, int] = {}
    for trial_id, configuration_id, state, completed, recorded, *own in rows:
        number, hyperparameters = values[configuration_id]
        yield TrialResult(
            trial_id=trial_id,
            configuration_number=number,
            values=hyperparameters,
            state=_STATES[state, completed is not None],
            target_epochs=targets.get(trial_id, none),
            epochs_recorded=recorded if completed is None else completed,
            **dict(zip(_OWN, own, strict=True)),
        )
