"""Trials that have ended are queued again: what failed, what was dropped, what is extended. The sweep's row is held.

What a rule of early termination pruned stays so: its decision is stored. What failed is for `moves.retry`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, select, update

from results.tables.trials import decisions, jobs, trials
from results.writes.endings import falls_short
from sweeps.states import State

_CHUNK = 5000  # keys in one IN (...)
_AGAIN: dict[str, Any] = {"state": State.QUEUED, "finished_at": None, "error": None}


def requeue(connection: Connection, job_ids: Sequence[int], these: ColumnElement[bool], max_attempts: int) -> None:
    """Queue these trials and their jobs, with as many attempts as at first; what they completed stays."""
    requeue_trials(connection, these)
    for first in range(0, len(job_ids), _CHUNK):
        requeue_jobs(connection, jobs.c.id.in_(job_ids[first : first + _CHUNK]), max_attempts)


def requeue_trials(connection: Connection, these: ColumnElement[bool]) -> None:
    """Queue these trials.

    MLflow, which was told of their end, is told again when the next one comes; what it was not told stays so.
    """
    told = case((trials.c.tracked_state.is_(None), None), else_=State.RUNNING)
    connection.execute(update(trials).where(these).values(_AGAIN | {"tracked_state": told}))


def requeue_jobs(connection: Connection, these: ColumnElement[bool], max_attempts: int) -> int:
    """Queue these jobs, with as many attempts as at first; how many they are."""
    fresh: dict[str, Any] = {"owner": None, "lease_expires_at": None, "last_sent_at": None}
    fresh |= {"max_attempts": jobs.c.attempt + max_attempts}
    return connection.execute(update(jobs).where(these).values(_AGAIN | fresh)).rowcount


def jobs_of(connection: Connection, these: ColumnElement[bool]) -> list[int]:
    """The keys of the jobs of these trials."""
    query = select(trials.c.job_id).where(these).distinct().order_by(trials.c.job_id)
    return list(connection.execute(query).scalars())


def dropped(sweep_id: int) -> ColumnElement[bool]:
    """The trials of an ended sweep that were never trained to their end because no more were to begin.

    With those whose extension was dropped so: they keep the end they had before.
    """
    cancelled = exists().where(jobs.c.id == trials.c.job_id, jobs.c.state == State.CANCELLED)
    return _untrained(sweep_id) | ((trials.c.sweep_id == sweep_id) & falls_short() & cancelled)


def count_untrained(connection: Connection, sweep_id: int) -> int:
    """How many of them have no result at all."""
    query = select(func.count()).select_from(trials).where(_untrained(sweep_id))
    return int(connection.execute(query).scalar_one())


def _untrained(sweep_id: int) -> ColumnElement[bool]:
    decided = exists().where(decisions.c.trial_id == trials.c.id, decisions.c.verdict == "stop", ~decisions.c.audited)
    left = (trials.c.state == State.CANCELLED) | ((trials.c.state == State.PRUNED) & ~decided)
    return (trials.c.sweep_id == sweep_id) & left
