"""A job leaves its worker without having finished; used by `jobs` and `recovery`.

The caller holds the sweep's row and the job's.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, true, update

from results.tables.sweeps import sweeps
from results.tables.trials import jobs, trials
from results.writes.endings import NO_LEASE, end_jobs, end_sweep_if_done, move_trials
from sweeps.states import State, Wanted


def give_back(
    connection: Connection, job_id: int, error: str | None, retry: bool, moment: datetime, counts: bool = True
) -> State:
    """Queue the job again if its sweep is wanted, `retry` holds and an attempt is left; else it ends.

    The attempt counts if it recorded nothing, unless `counts` is false: a job that advances is offered as often as it
    takes, and it comes to its end, for its epochs do. The state it is in then: queued, failed (its open trials too,
    with the error), or cancelled.
    """
    free = update(jobs).where(jobs.c.id == job_id, jobs.c.advanced if counts else true())
    connection.execute(free.values(max_attempts=jobs.c.max_attempts + 1, advanced=False))
    query = select(jobs.c.sweep_id, jobs.c.attempt, jobs.c.max_attempts, sweeps.c.wanted).select_from(jobs.join(sweeps))
    job = connection.execute(query.where(jobs.c.id == job_id)).one()
    state = _state(job.wanted, retry and job.attempt < job.max_attempts)
    if state is State.QUEUED:
        _queue_again(connection, job_id, error)
    else:
        end_jobs(connection, jobs.c.id == job_id, state, moment, error)
    reason = error if state is State.FAILED else None
    move_trials(connection, trials.c.job_id == job_id, state, moment, reason)
    end_sweep_if_done(connection, job.sweep_id, moment)
    return state


def _state(wanted: str, again: bool) -> State:
    if wanted == Wanted.CANCEL:
        return State.CANCELLED
    return State.QUEUED if again else State.FAILED


def _queue_again(connection: Connection, job_id: int, error: str | None) -> None:
    """`last_sent_at` NULL: the next recovery pass sends it."""
    values = {"state": State.QUEUED, "owner": None, "last_sent_at": None, "error": error, **NO_LEASE}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))
