"""A sweep that has ended becomes a larger one: new rows for what is missing, the old trials queued to go on.

Called by the API. One transaction: the sweep has all of the extension or none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from engine.data.catalog import DatasetFacts
from engine.hyperparameters import Configuration
from results.clock import now
from results.errors import IllegalMove
from results.hyperparameter_columns import configuration_from
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import jobs, trials
from results.writes import planned_rows
from results.writes.digesting import digest_again
from results.writes.endings import end_sweep_if_done
from results.writes.locking import lock_rows, lock_sweep
from results.writes.reviving import count_dropped, revive
from sweeps.digests import trial_digests
from sweeps.extending import Missing
from sweeps.plan import Plan
from sweeps.spec import SweepSpec
from sweeps.states import State, Wanted

EXTENSIBLE = frozenset({State.FINISHED, State.FAILED})
LEFT = "trials that were dropped when no more were to begin stay untrained; extend it with dropped: true for those."


@dataclass(frozen=True)
class SweepSoFar:
    """What an extension starts from: the document, the configurations by number, and the counts."""

    document: Mapping[str, Any]
    configurations: tuple[Configuration, ...]
    replicates: int
    trial_count: int
    job_count: int


@dataclass(frozen=True)
class LargerSweep:
    """What an extension leads to: its document and spec, and what of it is missing.

    `dropped`: whether what a stop or a metric target dropped is trained too.
    """

    document: Mapping[str, Any]
    spec: SweepSpec
    missing: Missing
    dropped: bool = False


def extend(
    connection: Connection,
    sweep_id: int,
    enlarge: Callable[[SweepSoFar], LargerSweep | str],
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
) -> tuple[int, ...]:
    """Store what `enlarge` makes of the sweep, and return the keys of the jobs to be sent.

    `enlarge` may answer with a sentence: why not. Raises `NoSuchSweep` and `IllegalMove`.
    """
    state = State(lock_sweep(connection, sweep_id).state)
    what = f"sweep {sweep_id}"
    if state is State.CANCELLED:
        raise IllegalMove(what, state, "its user ended it; submit its document again")
    if state not in EXTENSIBLE:
        raise IllegalMove(what, state, "it can be extended once it has ended")
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()
    larger = enlarge(_so_far(connection, row))
    if isinstance(larger, str):
        raise IllegalMove(what, state, larger)
    lock_rows(connection, jobs, jobs.c.sweep_id == sweep_id)
    lock_rows(connection, trials, trials.c.sweep_id == sweep_id)
    queued = revive(connection, sweep_id, max_attempts) if larger.dropped else []
    if larger.missing.empty and not queued:
        raise IllegalMove(what, state, "it has all of that already")
    moment = now(connection)
    queued += _store_new(connection, row, larger, datasets, max_attempts, moment)
    if larger.missing.longer is not None:
        queued += _go_on(connection, sweep_id, larger.missing.longer, max_attempts)
    _reopen(connection, row, larger)
    if not queued:  # more epochs of trials that were all dropped, failed or diverged
        end_sweep_if_done(connection, sweep_id, moment)
    return tuple(sorted(queued))


def _so_far(connection: Connection, row: Row[Any]) -> SweepSoFar:
    query = select(configurations.c.hyperparameters).where(configurations.c.sweep_id == row.id)
    stored = connection.execute(query.order_by(configurations.c.number)).scalars()
    return SweepSoFar(
        row.document,
        tuple(configuration_from(values) for values in stored),
        row.replicates,
        row.trial_count,
        row.job_count,
    )


def _store_new(
    connection: Connection,
    row: Row[Any],
    larger: LargerSweep,
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
    moment: datetime,
) -> list[int]:
    """The missing configurations, jobs and trials; the keys of the jobs."""
    added = Plan(larger.spec, larger.missing.configurations, larger.missing.jobs)
    dataset_ids = planned_rows.store_datasets(connection, added, datasets, moment)
    first = row.configuration_count
    configuration_ids = planned_rows.store_configurations(connection, row.id, added, datasets, dataset_ids, first)
    job_ids = planned_rows.store_jobs(connection, row.id, added, max_attempts, moment)
    digests = trial_digests(added, datasets)
    planned_rows.store_trials(connection, row.id, added, configuration_ids, job_ids, digests)
    return [job_ids[job.number] for job in added.jobs]


def _go_on(connection: Connection, sweep_id: int, epochs: int, max_attempts: int) -> list[int]:
    """Queue the jobs of all trials that did their epochs, to continue from their last; the keys of those jobs."""
    mine = configurations.c.sweep_id == sweep_id
    hyperparameters = select(configurations.c.id, configurations.c.hyperparameters).where(mine)
    for key, values in connection.execute(hyperparameters).all():
        one = update(configurations).where(configurations.c.id == key)
        connection.execute(one.values(epochs=epochs, hyperparameters={**values, "epochs": epochs}))
    whole = (trials.c.sweep_id == sweep_id) & (trials.c.state == State.FINISHED) & trials.c.diverged_epoch.is_(None)
    going_on = whole & (trials.c.epochs_recorded < epochs)
    job_ids = list(connection.execute(select(trials.c.job_id).where(going_on).distinct()).scalars())
    theirs = jobs.c.id.in_(select(trials.c.job_id).where(going_on)) & (jobs.c.state == State.FINISHED)
    again: dict[str, Any] = {"state": State.QUEUED, "owner": None, "lease_expires_at": None, "last_sent_at": None}
    again |= {"finished_at": None, "error": None, "max_attempts": jobs.c.attempt + max_attempts}
    connection.execute(update(jobs).where(theirs).values(again))
    connection.execute(
        update(trials).where(going_on).values(state=State.QUEUED, finished_at=None, tracked_state=_told())
    )
    digest_again(connection, sweep_id)
    return job_ids


def _told() -> Any:
    """MLflow, which was told of the end, is told again when the next one comes; what it was not told stays so."""
    return case((trials.c.tracked_state.is_(None), None), else_=State.RUNNING)


def _reopen(connection: Connection, row: Row[Any], larger: LargerSweep) -> None:
    counted = select(func.count()).select_from(trials).where(trials.c.sweep_id == row.id).scalar_subquery()
    values: dict[str, Any] = {
        "state": State.RUNNING if row.started_at is not None else State.QUEUED,
        "wanted": Wanted.RUN,
        "stopped_because": None,
        "finished_at": None,
        "tracked_state": None if row.tracked_state is None else State.RUNNING,
        "replicates": larger.spec.replicates,
        "run_cap": larger.spec.run_cap,
        "document": dict(larger.document),
        "notes": _notes(row.notes, larger.spec.notes, count_dropped(connection, row.id)),
        "configuration_count": row.configuration_count + len(larger.missing.configurations),
        "trial_count": counted,
        "job_count": row.job_count + len(larger.missing.jobs),
    }
    connection.execute(update(sweeps).where(sweeps.c.id == row.id).values(values))


def _notes(before: Sequence[str], more: Sequence[str], left: int) -> list[str]:
    """Those there were and the new ones, each once; what was said of dropped trials is said anew."""
    kept = [note for note in dict.fromkeys((*before, *more)) if not note.endswith(LEFT)]
    return [*kept, f"{left:,} {LEFT}"] if left else kept
