"""Trials that a stop or a metric target dropped are queued after all. Used by `extending`, under the sweep's row.

What a rule of early termination pruned stays so: its decision is stored. What failed is for `moves.retry`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, select, update

from results.tables.trials import decisions, jobs, trials
from sweeps.states import State


def dropped(sweep_id: int) -> ColumnElement[bool]:
    """The trials of an ended sweep that were never trained to their end because no more were to begin."""
    decided = exists().where(decisions.c.trial_id == trials.c.id, decisions.c.verdict == "stop", ~decisions.c.audited)
    left = (trials.c.state == State.CANCELLED) | ((trials.c.state == State.PRUNED) & ~decided)
    return (trials.c.sweep_id == sweep_id) & left


def count_dropped(connection: Connection, sweep_id: int) -> int:
    """How many there are."""
    query = select(func.count()).select_from(trials).where(dropped(sweep_id))
    return int(connection.execute(query).scalar_one())


def revive(connection: Connection, sweep_id: int, max_attempts: int) -> list[int]:
    """Queue them and their jobs, with as many attempts as at first; the keys of those jobs. The rows are held."""
    theirs = select(trials.c.job_id).where(dropped(sweep_id)).distinct()
    job_ids = list(connection.execute(theirs).scalars())
    told = case((trials.c.tracked_state.is_(None), None), else_=State.RUNNING)  # to be told of the next end too
    again: dict[str, Any] = {"state": State.QUEUED, "finished_at": None, "error": None}
    fresh: dict[str, Any] = {"owner": None, "lease_expires_at": None, "last_sent_at": None}
    fresh |= {"max_attempts": jobs.c.attempt + max_attempts}
    connection.execute(update(jobs).where(jobs.c.id.in_(theirs)).values(again | fresh))
    connection.execute(update(trials).where(dropped(sweep_id)).values(again | {"tracked_state": told}))
    return job_ids
