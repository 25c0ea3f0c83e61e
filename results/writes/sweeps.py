"""A sweep is stored whole, in one transaction, or cancelled by its user. Called by the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, update

from engine.data.catalog import DatasetFacts
from results.clock import now
from results.errors import IllegalMove
from results.tables.sweeps import sweeps
from results.tables.trials import jobs, trials
from results.writes import planned_rows
from results.writes.endings import end_jobs, end_sweep_if_done, move_trials
from results.writes.locking import lock_rows, lock_sweep
from sweeps.plan import Plan
from sweeps.states import ENDED, State, Wanted


@dataclass(frozen=True)
class CreatedSweep:
    """The keys of a stored sweep and of its jobs, to be sent once the transaction has committed."""

    sweep_id: int
    job_ids: tuple[int, ...]


def create(
    connection: Connection, plan: Plan, document: object, datasets: Mapping[str, DatasetFacts], max_attempts: int
) -> CreatedSweep:
    """Store a sweep with its configurations, jobs and trials, all queued.

    `document` is kept as it was submitted (plain JSON values); `datasets` holds the facts of those the plan names.
    """
    moment = now(connection)
    dataset_ids = planned_rows.store_datasets(connection, plan, datasets, moment)
    sweep_id = planned_rows.store_sweep(connection, plan, document, moment)
    configuration_ids = planned_rows.store_configurations(connection, sweep_id, plan, datasets, dataset_ids)
    job_ids = planned_rows.store_jobs(connection, sweep_id, plan, max_attempts, moment)
    planned_rows.store_trials(connection, sweep_id, plan, configuration_ids, job_ids)
    return CreatedSweep(sweep_id, tuple(job_ids))


def request_cancel(connection: Connection, sweep_id: int) -> State:
    """Cancel a sweep and return its state: what is queued ends at once, what runs learns of it at its next flush.

    Cancelling again changes nothing. Raises `NoSuchSweep`, and `IllegalMove` when it has ended otherwise.
    """
    sweep = lock_sweep(connection, sweep_id)
    state = State(sweep.state)
    if state is State.CANCELLED:
        return state
    if state in ENDED:
        raise IllegalMove(f"sweep {sweep_id}", state, "it has ended and cannot be cancelled")
    moment = now(connection)
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(wanted=Wanted.CANCEL))
    queued = (jobs.c.sweep_id == sweep_id) & (jobs.c.state == State.QUEUED)
    if lock_rows(connection, jobs, queued):
        end_jobs(connection, queued, State.CANCELLED, moment)
    # A queued trial belongs to a queued job: those of running jobs are running, or have ended.
    waiting = (trials.c.sweep_id == sweep_id) & (trials.c.state == State.QUEUED)
    move_trials(connection, waiting, State.CANCELLED, moment)
    return end_sweep_if_done(connection, sweep_id, moment) or state
