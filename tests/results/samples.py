"""Small plans and flushes for the tests of the results database, made by hand: no training behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.data.catalog import BUILT_IN
from engine.hyperparameters import Configuration, configuration
from engine.trials import Trial
from results.clock import now
from results.database import Database
from results.values import Claim, EpochRow, Flush, LayerRow, TrialProgress
from results.writes import jobs, recovery, sweeps
from results.writes.sweeps import CreatedSweep
from sweeps.plan import Plan, PlannedJob, PlannedTrial
from sweeps.seeds import data_seed, init_seed
from sweeps.spec import Metric, SweepSpec
from sweeps.states import State

BEGIN = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
SPEC = SweepSpec(
    name="small",
    project="tests",
    method="grid",
    metric=Metric(),
    parameters={},
    replicates=1,
    seed=7,
    validation_fraction=0.2,
    targets=(0.5, 0.1),
    trials_per_job=None,
    notes=("a default was taken",),
)


def plan_of(
    configurations: Iterable[dict[str, Any]] = ({},), replicates: int = 1, trials_per_job: int = 1, **spec: Any
) -> Plan:
    """A plan of these configurations, `trials_per_job` neighbours in each job."""
    points = tuple(configuration({"dataset": "iris", "epochs": 3, **values}) for values in configurations)
    trials = [_trial(points, number, replicates) for number in range(len(points) * replicates)]
    chunks = [trials[first : first + trials_per_job] for first in range(0, len(trials), trials_per_job)]
    planned = tuple(PlannedJob(number, tuple(chunk), 1.0) for number, chunk in enumerate(chunks))
    return Plan(replace(SPEC, replicates=replicates, **spec), points, planned)


def store(database: Database, plan: Plan | None = None, max_attempts: int = 3, document: object = None) -> CreatedSweep:
    """Store a plan, as the API does."""
    with database.write() as connection:
        return sweeps.create(connection, plan or plan_of(), document or {"name": "small"}, BUILT_IN, max_attempts)


def claim(database: Database, job_id: int, lease_seconds: float = 600.0, owner: str = "host 1") -> Claim:
    """Claim a job that is to be had."""
    with database.write() as connection:
        found = jobs.claim(connection, job_id, owner, lease_seconds)
    assert found is not None
    return found


def epoch_row(trial_id: int, epoch: int, cost: float | None = 0.5, **values: Any) -> EpochRow:
    """A row of a curve."""
    row = EpochRow(trial_id, epoch, 4 * epoch, cost, cost, 0.25, 0.25, 1.0, 0.01, BEGIN + timedelta(seconds=epoch))
    return row._replace(**values)


def layer_row(trial_id: int, epoch: int, layer: int = 1, **values: Any) -> LayerRow:
    """The health of a layer."""
    return LayerRow(trial_id, epoch, layer, 0.1, 0.2, 0.3, 0.4, 0.5, 0.0, 0.0)._replace(**values)


def progress(trial_id: int, epoch: int, state: State = State.RUNNING, **values: Any) -> TrialProgress:
    """A trial's progress up to an epoch."""
    cost = 1.0 / (epoch + 1)
    made = TrialProgress(
        trial_id=trial_id,
        state=state,
        outcome="still_descending" if epoch >= 2 else None,
        outcome_epoch=None,
        epochs_recorded=epoch,
        diverged_epoch=None,
        best_train_cost=cost,
        best_validation_cost=cost,
        best_epoch=epoch,
        best_validation_accuracy=0.5,
        final_train_cost=cost,
        final_validation_cost=cost,
        final_train_accuracy=0.5,
        final_validation_accuracy=0.5,
        seconds=0.01 * epoch,
        target_epochs={target: 2 for target in (0.5,) if epoch >= 2},
        started_at=BEGIN,
        finished_at=None,
        error=None,
    )
    return replace(made, **values)


def flush_of(claim: Claim, epochs: Sequence[int], state: State = State.RUNNING) -> Flush:
    """A flush in which all trials of the claim did these epochs and are in this state."""
    ids = [claimed.trial_id for claimed in claim.trials]
    return Flush(
        epochs=[epoch_row(key, epoch, 1.0 / (epoch + 1)) for key in ids for epoch in epochs],
        layers=[layer_row(key, epoch, layer) for key in ids for epoch in epochs for layer in (1, 2)],
        progress=[progress(key, epochs[-1], state) for key in ids],
        machine={"kernel": "Haswell", "threads": 1},
    )


def train(database: Database, job_id: int, last_epoch: int = 3) -> Claim:
    """Claim a job, append its whole curves, finish it."""
    held = claim(database, job_id)
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, range(last_epoch + 1), State.FINISHED), 60)
        jobs.finish(connection, held, State.FINISHED)
    return held


@dataclass(frozen=True)
class Recovery:
    """What recovery did, as `recover` here drives it."""

    to_send: tuple[int, ...] = ()
    requeued: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()


def recover(connection: Connection, resend_after: float = 600) -> Recovery:
    """A pass of recovery that takes for silent whoever's lease is over; `worker.recover` watches how long it lasts."""
    moment = now(connection)
    became: dict[State, list[int]] = {State.QUEUED: [], State.FAILED: [], State.CANCELLED: []}
    for sign in recovery.signs(connection):
        if sign.renewed is not None and sign.renewed < moment:
            state = recovery.take_back(connection, sign)
            if state is not None:
                became[state].append(sign.job_id)
    for sweep_id in recovery.unended(connection):
        recovery.end_sweep(connection, sweep_id)
    return Recovery(recovery.unsent(connection, resend_after).to_send, *map(tuple, became.values()))


def _trial(points: Sequence[Configuration], number: int, replicates: int) -> PlannedTrial:
    place, replicate = divmod(number, replicates)
    trial = Trial(points[place], init_seed(SPEC.seed, replicate), data_seed(SPEC.seed, replicate))
    return PlannedTrial(number, place, replicate, trial)
