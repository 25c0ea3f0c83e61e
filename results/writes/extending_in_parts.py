"""Extensions of large sweeps on SQLite, where one writer holds the database: others wait for one part only.

1. New configurations, jobs and trials are staged under a key of no sweep (`submissions.staged_rows`): nobody sees them,
   and they are cleared away where it ends here.
2. `decide` stores what the sweep becomes. From then on the extension is completed, whatever happens.
3. `complete` does the rest part by part. Each part finds what is left to do and is fenced by the submission's row, so
   it may be done by another process, by two at once, and be broken off anywhere. Recovery does it for a dead writer.
4. Last comes the sweep's own row. Until then the sweep has ended: its jobs are not claimed, and it is neither extended
   nor retried; its results are those of the last complete ends, as always.

Called by the API and by `worker.recover`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, select, update

from results.clock import now
from results.database import Database
from results.errors import IllegalMove
from results.reads.sweeps import find
from results.tables.sweeps import configurations, submissions, sweeps
from results.tables.trials import jobs, trials
from results.values import SweepView
from results.writes import digesting
from results.writes.endings import end_sweep_if_done
from results.writes.extending import PreparedExtension, Reopening, hold, reopen, to_continue, trials_to_continue
from results.writes.locking import lock_sweep
from results.writes.planned_rows import PART
from results.writes.reviving import requeue_jobs, requeue_trials
from results.writes.submissions import Staged, in_turn, staged_rows
from sweeps.states import ENDED, State

SILENT_SECONDS = 20.0  # how long after its last part a decided extension is left to its writer


@dataclass(frozen=True)
class _Decided:
    """What `complete` goes by; JSON in the submission's row.

    `epochs`: what every configuration gets, or None; `continue_below`: trials that have completed fewer epochs
    continue, or None; `old_trials`: how many the sweep had.
    """

    epochs: int | None
    continue_below: int | None
    old_trials: int
    max_attempts: int
    reopening: Reopening


class _Taken(Exception):
    """Somebody else has done this part."""


@contextmanager
def staged_extension(database: Database, prepared: PreparedExtension | Exception) -> Iterator[Staged | None]:
    """The new rows of a large extension on SQLite, staged; None for one that is to be stored in one transaction."""
    if isinstance(prepared, Exception) or not prepared.in_parts:
        yield None
        return
    with staged_rows(database, prepared.added, prepared.rows, prepared.datasets, prepared.sweep_id) as parts:
        yield parts


def decide(connection: Connection, prepared: PreparedExtension, staged: Staged) -> SweepView:
    """Have the extension completed from now on, by `complete`; the sweep as it will then be.

    Raises as `extending.store`.
    """
    larger, missing = prepared.larger, prepared.larger.missing
    row = hold(connection, prepared)
    these = to_continue(prepared)
    more = these is not None and connection.execute(select(trials.c.id).where(these).limit(1)).first() is not None
    if not (more or missing.jobs or missing.longer is not None or larger.searches):
        raise IllegalMove(f"sweep {row.id}", row.state, "it has all of that already")
    decided = _Decided(
        epochs=prepared.epochs if prepared.changed else None,
        continue_below=missing.longer or larger.wished.epochs,
        old_trials=prepared.old_trials,
        max_attempts=prepared.max_attempts,
        reopening=prepared.reopening,
    )
    values = {"extension": asdict(decided), "renewed_at": now(connection)}
    connection.execute(update(submissions).where(submissions.c.sweep_id == staged.sweep_id).values(values))
    with connection.begin_nested() as attempt:
        reopen(connection, row, prepared.reopening)
        extended = find(connection, prepared.sweep_id)
        attempt.rollback()
    return extended


def complete(database: Database, key: int) -> tuple[int, ...]:
    """Do what is left of the decided extension under this key; the keys of its jobs, to be sent.

    None of them where another process completes it.
    """
    with database.read() as connection:
        counts = (sweeps.c.configuration_count, sweeps.c.job_count)
        query = select(submissions, *counts).join(sweeps, sweeps.c.id == submissions.c.extends)
        row = connection.execute(query.where(submissions.c.sweep_id == key)).one_or_none()
    if row is None:
        return ()
    decided = _Decided(**row.extension | {"reopening": Reopening(**row.extension["reopening"])})
    try:
        _move_rows(database, key, row.extends)
        _continue_trials(database, key, row.extends, decided, row.extended_to or 0)
        _set_epochs(database, key, row.extends, decided, row.configuration_count)
        _queue_jobs(database, key, row.extends, decided, row.job_count)
        with database.write() as connection:
            return _reopen(connection, key, row.extends, decided)
    except _Taken:
        return ()


def complete_abandoned(database: Database) -> int:
    """Complete the extensions whose writers died; how many. Called by recovery."""
    with database.read() as connection:
        long_ago = now(connection) - timedelta(seconds=SILENT_SECONDS)
        old = (submissions.c.renewed_at < long_ago) & submissions.c.extension.is_not(None)
        found = connection.execute(select(submissions.c.sweep_id).where(old)).scalars().all()
    for key in found:
        complete(database, key)
    return len(found)


def _move_rows(database: Database, key: int, sweep_id: int) -> None:
    """What was staged becomes the sweep's; jobs last, with all of their trials."""
    for table in (configurations, trials, jobs):
        some = select(table.c.id).where(table.c.sweep_id == key).limit(PART)
        moved = PART
        while moved == PART:
            with in_turn(database, partial(_renew, key=key)) as connection:
                statement = update(table).where(table.c.id.in_(some)).values(sweep_id=sweep_id)
                moved = connection.execute(statement).rowcount


def _continue_trials(database: Database, key: int, sweep_id: int, decided: _Decided, done: int) -> None:
    """Queue what is to continue, with the digests of the new number of epochs, which all old trials get."""
    these = trials_to_continue(sweep_id, decided.reopening.dropped, decided.continue_below)
    if these is None and decided.epochs is None:
        return
    for numbers in _ranges(done, decided.old_trials):
        digests: dict[int, str | None] = {}
        if decided.epochs is not None:
            with database.read() as connection:
                rows = digesting.read(connection, sweep_id, numbers)
            digests = {row.id: digesting.anew(row, decided.epochs) for row in rows}
        with in_turn(database, partial(_renew, key=key, numbers=numbers)) as connection:
            if these is not None:
                requeue_trials(connection, these & _numbered(trials, sweep_id, numbers))
            digesting.store(connection, digests)


def _set_epochs(database: Database, key: int, sweep_id: int, decided: _Decided, count: int) -> None:
    if decided.epochs is None:
        return
    longer = func.json_set(configurations.c.hyperparameters, "$.epochs", decided.epochs)
    values = {"epochs": decided.epochs, "hyperparameters": longer}
    for numbers in _ranges(0, count):
        here = _numbered(configurations, sweep_id, numbers) & (configurations.c.epochs != decided.epochs)
        with in_turn(database, partial(_renew, key=key)) as connection:
            connection.execute(update(configurations).where(here).values(values))


def _queue_jobs(database: Database, key: int, sweep_id: int, decided: _Decided, count: int) -> None:
    """Queue the jobs of what is to continue."""
    waiting = exists().where(trials.c.job_id == jobs.c.id, trials.c.state == State.QUEUED)
    for numbers in _ranges(0, count):
        here = _numbered(jobs, sweep_id, numbers) & jobs.c.state.in_(ENDED) & waiting
        with in_turn(database, partial(_renew, key=key)) as connection:
            requeue_jobs(connection, here, decided.max_attempts)


def _ranges(first: int, count: int) -> Iterator[range]:
    """The numbers from `first` to below `count`, part by part."""
    return (range(start, min(start + PART, count)) for start in range(first, count, PART))


def _numbered(table: Table, sweep_id: int, numbers: range) -> ColumnElement[bool]:
    return (table.c.sweep_id == sweep_id) & table.c.number.between(numbers.start, numbers.stop - 1)


def _reopen(connection: Connection, key: int, sweep_id: int, decided: _Decided) -> tuple[int, ...]:
    """The sweep is at work again, and the extension over."""
    lock_sweep(connection, sweep_id)
    _renew(connection, key)
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()
    reopen(connection, row, decided.reopening)
    connection.execute(delete(submissions).where(submissions.c.sweep_id == key))
    queued = select(jobs.c.id).where(jobs.c.sweep_id == sweep_id, jobs.c.state == State.QUEUED).order_by(jobs.c.id)
    job_ids = tuple(connection.execute(queued).scalars())
    if not job_ids:  # more epochs of trials that were all dropped, failed or diverged
        end_sweep_if_done(connection, sweep_id, now(connection))
    return job_ids


def _renew(connection: Connection, key: int, numbers: range | None = None) -> None:
    """Say that somebody completes it, and the `numbers` of the trials that have their turn; raises `_Taken`."""
    mine = [submissions.c.sweep_id == key]
    values: dict[str, Any] = {"renewed_at": now(connection)}
    if numbers is not None:
        mine.append(func.coalesce(submissions.c.extended_to, 0) == numbers.start)
        values["extended_to"] = numbers.stop
    if connection.execute(update(submissions).where(and_(*mine)).values(values)).rowcount != 1:
        raise _Taken
