"""Large sweeps on SQLite, where one writer holds the database: stored in parts, so that others wait for one part only.

The sweep's own row comes last and makes it a sweep; until then no reader sees any of it, for all of them begin at the
sweeps. A row of `submissions` keeps its key free meanwhile. Recovery clears away what a dead writer left.
Called by the API and by `worker.recover`. On PostgreSQL nothing is staged: nobody waits for another's new rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, update

from results.clock import now
from results.database import Database
from results.errors import DatabaseUnusable
from results.tables.sweeps import configurations, submissions
from results.tables.trials import jobs, trials
from results.writes import planned_rows

if TYPE_CHECKING:
    from results.writes.sweeps import PreparedSweep

LARGE = 2000  # trials; less than that is stored within the time of one part or two
KEPT_SECONDS = 600.0  # how long after its last part a submission counts as alive


@dataclass(frozen=True)
class Staged:
    """A sweep of which all is stored but its own row."""

    sweep_id: int
    job_ids: tuple[int, ...]


@contextmanager
def staged(database: Database, prepared: PreparedSweep) -> Iterator[Staged | None]:
    """Store a large sweep in parts; whatever of it no sweep has become at the end of the block is cleared away.

    None for a sweep that is to be stored in one transaction: a small one, one that takes over trials (they are held by
    that transaction), or any on PostgreSQL.
    """
    if database.dialect != "sqlite" or prepared.plan.taken_over or len(prepared.rows.trials) <= LARGE:
        yield None
        return
    with database.write() as connection:
        moment = now(connection)
        sweep_id = planned_rows.next_sweep(connection)
        connection.execute(insert(submissions).values(sweep_id=sweep_id, renewed_at=moment))
        dataset_ids = planned_rows.store_datasets(connection, prepared.plan, prepared.datasets, moment)

    @contextmanager
    def part() -> Iterator[Connection]:
        begun = time.monotonic()
        with database.stage() as connection:
            _renew(connection, sweep_id)
            yield connection
        time.sleep(time.monotonic() - begun)  # SQLite's waiting writers look now and then: let them find it free

    try:
        job_ids = planned_rows.store_rows(part, sweep_id, prepared.rows, dataset_ids, moment)
        yield Staged(sweep_id, tuple(job_ids))
    finally:
        discard(database, sweep_id)


def end(connection: Connection, submission: Staged) -> None:
    """Give its key to the sweep that the caller stores now."""
    _renew(connection, submission.sweep_id)
    connection.execute(delete(submissions).where(submissions.c.sweep_id == submission.sweep_id))


def discard(database: Database, sweep_id: int) -> None:
    """Clear away a submission that became no sweep, in parts; nothing where it did."""
    mine = submissions.c.sweep_id == sweep_id
    while True:
        with database.stage() as connection:
            if connection.execute(select(submissions.c.sweep_id).where(mine)).first() is None:
                return
            left = False
            for table in (trials, configurations, jobs):
                some = select(table.c.id).where(table.c.sweep_id == sweep_id).limit(planned_rows.PART)
                left = left or connection.execute(delete(table).where(table.c.id.in_(some))).rowcount > 0
            if not left:
                connection.execute(delete(submissions).where(mine))
                return
        time.sleep(0.01)


def discard_abandoned(database: Database) -> int:
    """Clear away the submissions of writers that died; how many. Called by recovery."""
    with database.read() as connection:
        long_ago = now(connection) - timedelta(seconds=KEPT_SECONDS)
        query = select(submissions.c.sweep_id).where(submissions.c.renewed_at < long_ago)
        found = connection.execute(query).scalars().all()
    for sweep_id in found:
        discard(database, sweep_id)
    return len(found)


def _renew(connection: Connection, sweep_id: int) -> None:
    """Say that the submission is alive; raises `DatabaseUnusable` where recovery took it for dead."""
    mine = submissions.c.sweep_id == sweep_id
    statement = update(submissions).where(mine).values(renewed_at=now(connection))
    if connection.execute(statement).rowcount != 1:
        raise DatabaseUnusable("the submission made no progress for too long and was given up; submit it again")
