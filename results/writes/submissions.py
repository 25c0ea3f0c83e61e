"""Large sweeps on SQLite, where one writer holds the database: stored in parts, so that others wait for one part only.

The sweep's own row comes last and makes it a sweep; until then no reader sees any of it, for all of them begin at the
sweeps. A row of `submissions` keeps its key free meanwhile. Recovery clears away what a dead writer left.
The new rows of an extension are staged likewise (`results.writes.extending_in_parts` has the rest of it).
Called by the API and by `worker.recover`. On PostgreSQL nothing is staged: nobody waits for another's new rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, update

from engine.data.catalog import DatasetFacts
from results.clock import now
from results.database import Database
from results.errors import DatabaseUnusable, IllegalMove
from results.tables.sweeps import configurations, submissions
from results.tables.trials import jobs, trials
from results.writes import planned_rows
from results.writes.planned_rows import PlannedRows
from results.writes.taking_over import SLICE, row_counts, take_over_in_parts
from sweeps.plan import Plan

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

    None for a sweep that is to be stored in one transaction: a small one, or any on PostgreSQL. Raises `DonorsChanged`.
    """
    counts = row_counts(prepared.plan, prepared.rows)
    large = len(prepared.rows.trials) > LARGE or sum(counts.values()) > SLICE
    if database.dialect != "sqlite" or not large:
        yield None
        return
    with staged_rows(database, prepared.plan, prepared.rows, prepared.datasets) as parts:
        if counts:
            take_over_in_parts(partial(part, database, parts.sweep_id), parts.sweep_id, prepared.plan, counts)
        yield parts


@contextmanager
def staged_rows(
    database: Database, plan: Plan, rows: PlannedRows, datasets: Mapping[str, DatasetFacts], extends: int | None = None
) -> Iterator[Staged]:
    """Store the rows of a plan in parts, under a key that no sweep has yet; `extends`: the sweep that gets them."""
    with database.write() as connection:
        moment = now(connection)
        sweep_id = planned_rows.next_sweep(connection)
        row = {"sweep_id": sweep_id, "renewed_at": moment, "extends": extends}
        connection.execute(insert(submissions).values(row))
        dataset_ids = planned_rows.store_datasets(connection, plan, datasets, moment)
    try:
        begin = partial(part, database, sweep_id)
        job_ids = planned_rows.store_rows(begin, sweep_id, rows, dataset_ids, moment, extends)
        yield Staged(sweep_id, tuple(job_ids))
    finally:
        discard(database, sweep_id)


def part(database: Database, sweep_id: int) -> AbstractContextManager[Connection]:
    """A transaction for a part of a submission; afterwards the others' turn."""
    return in_turn(database, partial(renew, sweep_id=sweep_id))


@contextmanager
def in_turn(database: Database, begin: Callable[[Connection], None]) -> Iterator[Connection]:
    """A transaction that starts with `begin`; afterwards SQLite's waiting writers find the database free for as long.

    They look now and then only.
    """
    begun = time.monotonic()
    with database.stage() as connection:
        begin(connection)
        yield connection
    time.sleep(time.monotonic() - begun)


def end(connection: Connection, submission: Staged) -> None:
    """Give its key to the sweep that the caller stores now."""
    renew(connection, submission.sweep_id)
    connection.execute(delete(submissions).where(submissions.c.sweep_id == submission.sweep_id))


def discard(database: Database, sweep_id: int) -> None:
    """Clear away a submission that became no sweep, in parts; nothing where it did, or is about to complete one."""
    mine = (submissions.c.sweep_id == sweep_id) & submissions.c.extension.is_(None)
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
        old = (submissions.c.renewed_at < long_ago) & submissions.c.extension.is_(None)
        found = connection.execute(select(submissions.c.sweep_id).where(old)).scalars().all()
    for sweep_id in found:
        discard(database, sweep_id)
    return len(found)


def renew(connection: Connection, sweep_id: int) -> None:
    """Say that the submission is alive; raises `DatabaseUnusable` where recovery took it for dead."""
    mine = submissions.c.sweep_id == sweep_id
    statement = update(submissions).where(mine).values(renewed_at=now(connection))
    if connection.execute(statement).rowcount != 1:
        raise DatabaseUnusable("the submission made no progress for too long and was given up; submit it again")


def insist_on_rest(connection: Connection, sweep_id: int, state: str) -> None:
    """Raise `IllegalMove` where an extension of the sweep is being stored, which nothing may come between."""
    here = (submissions.c.extends == sweep_id) & submissions.c.extension.is_not(None)
    if connection.execute(select(submissions.c.sweep_id).where(here).limit(1)).first() is not None:
        raise IllegalMove(f"sweep {sweep_id}", state, "an extension of it is being stored; try again in some seconds")
