"""What dead workers, lost messages and crashes leave behind is a query: these. Called by `worker.recover`.

Each function that writes takes one job or one sweep, so that a transaction holds one sweep's rows; a row that somebody
else holds is left to the next pass. Changes nothing where nothing is stale; two passes at once do what one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, exists, or_, select, text

from results.clock import now
from results.tables.sweeps import sweeps
from results.tables.trials import jobs
from results.writes.endings import end_sweep_if_done
from results.writes.giving_back import give_back
from results.writes.locking import free_sweep, lock_rows
from sweeps.states import ENDED, State, Wanted

PATIENCE_MS = 1000  # how long recovery waits for rows that another transaction holds


class Sign(NamedTuple):
    """A running job's last sign of life: it changes whenever the job is claimed or its lease renewed."""

    job_id: int
    attempt: int
    renewed: datetime | None
    lease_seconds: float | None


@dataclass(frozen=True)
class Unsent:
    """Keys of jobs to be sent. `without_message`: those that surely have none waiting, and have waited long."""

    to_send: tuple[int, ...]
    without_message: tuple[int, ...]


def signs(connection: Connection) -> list[Sign]:
    """The last sign of every running job, in the order of sweeps."""
    query = select(jobs.c.id, jobs.c.attempt, jobs.c.lease_expires_at, jobs.c.lease_seconds)
    query = query.where(jobs.c.state == State.RUNNING).order_by(jobs.c.sweep_id, jobs.c.id)
    return [Sign(*row) for row in connection.execute(query)]


def take_back(connection: Connection, silent: Sign) -> State | None:
    """Give back the job if this is still its last sign; the state it is in then.

    None where it has given another since, or where somebody holds its row or its sweep's.
    """
    sweep_id = connection.execute(select(jobs.c.sweep_id).where(jobs.c.id == silent.job_id)).scalar_one_or_none()
    if sweep_id is None or not free_sweep(connection, sweep_id):
        return None
    still = and_(jobs.c.id == silent.job_id, jobs.c.attempt == silent.attempt, jobs.c.state == State.RUNNING)
    unchanged = jobs.c.lease_expires_at.is_not_distinct_from(silent.renewed)
    if not lock_rows(connection, jobs, and_(still, unchanged), wait=False):
        return None
    query = select(jobs.c.owner, jobs.c.attempt, jobs.c.max_attempts).where(jobs.c.id == silent.job_id)
    job = connection.execute(query).one()
    return give_back(connection, silent.job_id, _reason(job), True, now(connection))


def unended(connection: Connection) -> list[int]:
    """The sweeps that run on although all their jobs have ended, searches that await a proposal among them."""
    unfinished = exists().where(jobs.c.sweep_id == sweeps.c.id, jobs.c.state.not_in(ENDED))
    query = select(sweeps.c.id).where(sweeps.c.state.not_in(ENDED), ~unfinished).order_by(sweeps.c.id)
    return list(connection.execute(query).scalars())


def end_sweep(connection: Connection, sweep_id: int) -> None:
    """End the sweep if it is over. Normally its last job does this; here for whatever was left."""
    if free_sweep(connection, sweep_id):
        end_sweep_if_done(connection, sweep_id, now(connection))


def unsent(connection: Connection, resend_after_seconds: float) -> Unsent:
    """The queued and wanted jobs that were not sent within `resend_after_seconds`.

    A moment that lies in the future is as good as one long ago: the clock was set back since.
    """
    moment, apart = now(connection), timedelta(seconds=resend_after_seconds)
    sent = jobs.c.last_sent_at
    query = (
        select(jobs.c.id, jobs.c.attempt, sent, jobs.c.created_at)
        .select_from(jobs.join(sweeps))
        .where(jobs.c.state == State.QUEUED, sweeps.c.wanted == Wanted.RUN, sweeps.c.state.not_in(ENDED))
        .where(or_(sent.is_(None), sent < moment - apart, sent > moment + apart))
        .order_by(jobs.c.id)
    )
    rows = connection.execute(query).all()
    return Unsent(
        to_send=tuple(row.id for row in rows),
        without_message=tuple(row.id for row in rows if _has_no_message(row, moment, apart)),
    )


def be_impatient(connection: Connection) -> None:
    """Wait no longer than a second for rows that are held in this transaction; then `RowsHeld` is raised."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE_MS}"))


def _has_no_message(row: Any, moment: datetime, apart: timedelta) -> bool:
    """Not sent since it was queued again, or since it was planned, which nobody is about to do any more."""
    planned_just_now = abs(moment - row.created_at) <= apart
    return row.last_sent_at is None and (row.attempt > 0 or not planned_just_now)


def _reason(job: Any) -> str:
    return (
        f"attempt {job.attempt} of {job.max_attempts} fell silent: its worker ({job.owner}) died, "
        "was killed or lost the database"
    )
