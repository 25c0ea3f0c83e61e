"""Many rows, many writers: six processes on one SQLite file with the patience of a service, and rows in bulk."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest
from sqlalchemy import func, select, text

from results import database as results_database
from results import sqlite as results_sqlite
from results.database import Database, open_database
from results.errors import DatabaseUnusable
from results.tables.trials import epochs
from results.writes import jobs
from results.writes.bulk import insert_many
from tests.results.samples import claim, epoch_row, flush_of, plan_of, store

WRITERS, FLUSHES = 6, 40
PATIENCE = {"busy": results_sqlite.BUSY_SECONDS, "begin": results_database.BEGIN_SECONDS}  # before fixtures change it


def _write(url: str, job_id: int, gate: Any, problems: Any) -> None:
    results_sqlite.BUSY_SECONDS = results_database.BUSY_SECONDS = PATIENCE["busy"]
    results_database.BEGIN_SECONDS = PATIENCE["begin"]
    database = open_database(url)
    try:
        held = claim(database, job_id, owner=f"writer {job_id}")
        gate.wait(100)
        for first in range(0, 3 * FLUSHES, 3):
            with database.write() as connection:
                jobs.append(connection, held, flush_of(held, range(first, first + 3)), 600)
    except Exception as error:
        problems.put(repr(error))
        raise
    finally:
        database.dispose()


def test_six_processes_write_to_one_sqlite_file_without_one_that_is_told_it_is_locked(
    sqlite_database: Database,
) -> None:
    created = store(sqlite_database, plan_of([{"l2": 0.01 * n} for n in range(WRITERS)], 8, trials_per_job=8))
    sqlite_database.dispose()
    context = multiprocessing.get_context("fork")
    gate, problems = context.Barrier(WRITERS), context.Queue()
    writers = [
        context.Process(target=_write, args=(sqlite_database.url, job_id, gate, problems)) for job_id in created.job_ids
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(300)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS, problems.get(timeout=5)
    with sqlite_database.read() as connection:
        stored = connection.execute(select(func.count()).select_from(epochs)).scalar_one()
    assert stored == WRITERS * 8 * 3 * FLUSHES


def test_rows_of_both_kinds_of_writing_are_the_same(database: Database) -> None:
    """Whole rows at once, and one by one through SQLAlchemy: also a time, NULL, -0.0 and what is not finite."""
    created = store(database, plan_of(replicates=2))
    first, second = (claim(database, job_id).trials[0].trial_id for job_id in created.job_ids)
    costs = [0.1, -0.0, None, float("nan"), float("inf"), 5e-324, 1.7976931348623157e308]
    with database.write() as connection:
        rows = [epoch_row(first, epoch, cost) for epoch, cost in enumerate(costs)]
        insert_many(connection, epochs, rows)
        insert_many(connection, epochs, rows[:3])  # again
        connection.execute(
            epochs.insert(), [epoch_row(second, epoch, cost)._asdict() for epoch, cost in enumerate(costs)]
        )
    with database.read() as connection:
        query = select(*[column for column in epochs.c if column.name != "trial_id"]).order_by(epochs.c.epoch)
        found = [connection.execute(query.where(epochs.c.trial_id == key)).all() for key in (first, second)]
        if database.dialect == "sqlite":  # the bytes too: views and users' queries compare text
            moments = connection.execute(text("SELECT count(DISTINCT recorded_at) FROM epochs")).scalar_one()
            assert moments == len(costs)
    assert found[0] == found[1]
    assert [row.train_cost for row in found[0]] == [0.1, 0.0, None, None, None, 5e-324, 1.7976931348623157e308]


def test_a_connection_that_breaks_in_a_copy_is_a_database_that_cannot_be_used(postgresql_server: Any) -> None:
    url = postgresql_server.migrated_database()
    database, other = open_database(url), open_database(url)
    key = claim(database, store(database).job_ids[0]).trials[0].trial_id

    def breaks() -> None:
        with database.write() as connection:
            process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with other.write() as killer:
                killer.execute(text("SELECT pg_terminate_backend(:process, 10000)"), {"process": process})
            insert_many(connection, epochs, [epoch_row(key, 0)])

    with pytest.raises(DatabaseUnusable):
        breaks()
    with database.write() as connection:  # the next transaction has a connection that works
        insert_many(connection, epochs, [epoch_row(key, 0)])
    database.dispose()
    other.dispose()
    postgresql_server.drop(url)
