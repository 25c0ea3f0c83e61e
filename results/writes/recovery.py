"""What dead workers, lost messages and crashes leave behind is a query: this one. Called by `worker.recover`.

Changes nothing where nothing is stale; two passes at once do what one does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from results.clock import now
from results.tables.sweeps import sweeps
from results.tables.trials import jobs
from results.writes.endings import end_sweep_if_done
from results.writes.giving_back import give_back
from results.writes.locking import lock_rows, lock_sweep
from sweeps.states import ENDED, State, Wanted


@dataclass(frozen=True)
class Recovery:
    """Keys of jobs: those to send (the requeued ones included), and those taken back, by what became of them.

    `without_message`: those of `to_send` that surely have none waiting: not sent since they were queued, long ago.
    """

    to_send: tuple[int, ...]
    requeued: tuple[int, ...]
    failed: tuple[int, ...]
    cancelled: tuple[int, ...]
    without_message: tuple[int, ...] = field(default=(), compare=False)


def recover(connection: Connection, resend_after_seconds: float) -> Recovery:
    """Take back jobs whose lease has run out, end sweeps whose jobs have all ended, and say what must be sent.

    A job is to be sent when it is queued, wanted, and was not sent within `resend_after_seconds`.
    """
    moment = now(connection)
    became: dict[State, list[int]] = {State.QUEUED: [], State.FAILED: [], State.CANCELLED: []}
    for job in _expired(connection, moment):
        lock_sweep(connection, job.sweep_id)
        if lock_rows(connection, jobs, _still(job, moment)):
            state = give_back(connection, job.id, _reason(job), True, moment)
            became[state].append(job.id)
    _end_sweeps(connection, moment)
    long_ago = moment - timedelta(seconds=resend_after_seconds)
    to_send = _to_send(connection, long_ago)
    return Recovery(
        to_send=tuple(job.id for job in to_send),
        requeued=tuple(became[State.QUEUED]),
        failed=tuple(became[State.FAILED]),
        cancelled=tuple(became[State.CANCELLED]),
        without_message=tuple(job.id for job in to_send if job.last_sent_at is None and job.created_at < long_ago),
    )


def _expired(connection: Connection, moment: datetime) -> list[Row[Any]]:
    """Running jobs nobody has vouched for since their lease; sweeps in the order of locks."""
    query = select(jobs.c.id, jobs.c.sweep_id, jobs.c.owner, jobs.c.attempt, jobs.c.max_attempts)
    query = query.where(jobs.c.state == State.RUNNING, jobs.c.lease_expires_at < moment)
    return list(connection.execute(query.order_by(jobs.c.sweep_id, jobs.c.id)))


def _still(job: Row[Any], moment: datetime) -> ColumnElement[bool]:
    """The job, if nobody has renewed, taken or ended it since it was found."""
    same = and_(jobs.c.id == job.id, jobs.c.attempt == job.attempt, jobs.c.state == State.RUNNING)
    return and_(same, jobs.c.lease_expires_at < moment)


def _reason(job: Row[Any]) -> str:
    return (
        f"attempt {job.attempt} of {job.max_attempts} fell silent: its worker ({job.owner}) died, "
        "was killed or lost the database"
    )


def _end_sweeps(connection: Connection, moment: datetime) -> None:
    """Normally the last job does this; here for whatever was left."""
    unfinished = exists().where(jobs.c.sweep_id == sweeps.c.id, jobs.c.state.not_in(ENDED))
    query = select(sweeps.c.id).where(sweeps.c.state.not_in(ENDED), ~unfinished).order_by(sweeps.c.id)
    for sweep_id in connection.execute(query).scalars().all():
        lock_sweep(connection, sweep_id)
        end_sweep_if_done(connection, sweep_id, moment)


def _to_send(connection: Connection, sent_before: datetime) -> list[Row[Any]]:
    query = (
        select(jobs.c.id, jobs.c.last_sent_at, jobs.c.created_at)
        .select_from(jobs.join(sweeps))
        .where(jobs.c.state == State.QUEUED, sweeps.c.wanted == Wanted.RUN)
        .where(or_(jobs.c.last_sent_at.is_(None), jobs.c.last_sent_at < sent_before))
        .order_by(jobs.c.id)
    )
    return list(connection.execute(query))
