"""A job's life: sent, claimed, appended to, and finished, released or handed back. Called by the worker and the API.

Every function that takes a claim raises `StaleAttempt`, having changed nothing, when the job is no longer the claim's.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, update

from results.clock import now
from results.errors import IllegalMove
from results.tables.trials import jobs, trials
from results.text import storable
from results.values import Claim
from results.writes.appending import append
from results.writes.claiming import claim
from results.writes.endings import end_jobs, end_sweep_if_done, move_trials, open_trials
from results.writes.fencing import hold
from results.writes.giving_back import give_back
from results.writes.locking import lock_rows, lock_sweep
from sweeps.states import State, Wanted

__all__ = ["append", "claim", "finish", "hand_back", "mark_sent", "process_died", "refuse", "release"]

_CHUNK = 5000  # keys in one IN (...)
JOB_ENDS = frozenset({State.FINISHED, State.FAILED, State.CANCELLED})


def mark_sent(connection: Connection, job_ids: Sequence[int]) -> None:
    """Note that the messages of these jobs are on the queue.

    Waits for nobody, so it is in no deadlock: a job whose row another transaction holds is being claimed or given back,
    and where its mark would have mattered, recovery sends once more.
    """
    moment = now(connection)
    in_order = sorted(job_ids)
    for first in range(0, len(in_order), _CHUNK):
        these = jobs.c.id.in_(in_order[first : first + _CHUNK])
        free = lock_rows(connection, jobs, these, wait=False)
        connection.execute(update(jobs).where(jobs.c.id.in_(free)).values(last_sent_at=moment))


def finish(connection: Connection, claim: Claim, state: State) -> None:
    """End the job, its trials that have not ended, and with the last job the sweep.

    Raises `IllegalMove` for a job that is to be finished while trials of it are not.
    """
    if state not in JOB_ENDS:
        raise IllegalMove(f"job {claim.job_id}", State.RUNNING, f"{state} is not a way for a job to end")
    lock_sweep(connection, claim.sweep_id)
    hold(connection, claim)
    moment = now(connection)
    if state is State.FINISHED:
        _refuse_open_trials(connection, claim)
    move_trials(connection, trials.c.job_id == claim.job_id, state, moment)
    end_jobs(connection, jobs.c.id == claim.job_id, state, moment)
    end_sweep_if_done(connection, claim.sweep_id, moment)


def release(connection: Connection, claim: Claim, error: str, retry: bool) -> State:
    """The attempt went wrong: queue the job again, or fail it after the last attempt or without `retry`.

    Returns the job's state: queued, failed, or cancelled when its user wants that.
    """
    lock_sweep(connection, claim.sweep_id)
    hold(connection, claim)
    return give_back(connection, claim.job_id, storable(error), retry, now(connection))


def hand_back(connection: Connection, claim: Claim) -> State:
    """The worker stops, which is not the job's fault: queue it again, and grant it one attempt more.

    Returns the job's state: queued, or cancelled when its user wants that.
    """
    lock_sweep(connection, claim.sweep_id)
    hold(connection, claim)
    return give_back(connection, claim.job_id, None, True, now(connection), counts=False)


def refuse(connection: Connection, job_id: int, owner: str, error: str) -> State | None:
    """A worker could not even claim the job: that counts as an attempt. None where it is not to be had (any more)."""
    sweep_id = connection.execute(select(jobs.c.sweep_id).where(jobs.c.id == job_id)).scalar_one_or_none()
    if sweep_id is None or lock_sweep(connection, sweep_id).wanted != Wanted.RUN:
        return None
    moment = now(connection)
    tried = {"attempt": jobs.c.attempt + 1, "owner": owner[:200], "advanced": False}
    tried["started_at"] = func.coalesce(jobs.c.started_at, moment)
    waiting = (jobs.c.id == job_id) & (jobs.c.state == State.QUEUED)
    if connection.execute(update(jobs).where(waiting).values(tried)).rowcount != 1:
        return None
    return give_back(connection, job_id, storable(error), True, moment)


def process_died(connection: Connection, job_id: int, owner: str, how: str) -> State | None:
    """The process that held the job is known to be dead: queue the job again, or fail it after its last attempt.

    Told apart from an error in Python, which `release` keeps as it was raised: the reason says that the attempt killed
    its process, and `how`. None where the owner does not hold the job (any more). The job's state otherwise.
    """
    sweep_id = connection.execute(select(jobs.c.sweep_id).where(jobs.c.id == job_id)).scalar_one_or_none()
    if sweep_id is None:
        return None
    lock_sweep(connection, sweep_id)
    theirs = (jobs.c.id == job_id) & (jobs.c.owner == owner[:200]) & (jobs.c.state == State.RUNNING)
    if not lock_rows(connection, jobs, theirs):
        return None
    job = connection.execute(select(jobs.c.attempt, jobs.c.max_attempts).where(jobs.c.id == job_id)).one()
    reason = f"attempt {job.attempt} of {job.max_attempts} killed its process: {how}"
    return give_back(connection, job_id, storable(reason), True, now(connection))


def _refuse_open_trials(connection: Connection, claim: Claim) -> None:
    query = select(func.count()).select_from(trials).where(open_trials(trials.c.job_id == claim.job_id))
    count = connection.execute(query).scalar_one()
    if count:
        raise IllegalMove(f"job {claim.job_id}", State.RUNNING, f"{count} of its trials have not ended")
