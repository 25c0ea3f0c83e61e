"""The flush that reaches `metric.target` holds what it changes in one order: others who hold a part are waited for."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, select, text, update

from results.database import Database, open_database
from results.tables.trials import jobs, trials
from settings import Settings
from sweeps.states import State
from tests.services.postgresql import PostgreSQL
from tests.worker.stored import rows
from tests.worker.test_metric_target import submit
from worker.train_job import Ending, train_job


@pytest.fixture
def database(postgresql_server: PostgreSQL):
    """SQLite has one writer at a time, and nothing of this."""
    url = postgresql_server.migrated_database()
    found = open_database(url)
    yield found
    found.dispose()
    postgresql_server.drop(url)


def wait_until_somebody_waits(connection: Connection) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while connection.execute(waiting).scalar_one() == 0:
        time.sleep(0.01)


def hold_first_then_own(database: Database, table, first: int, own: int, train) -> Ending:
    """Hold a waiting row in a transaction; once the flush waits for it, want the flush's own row too, and let go."""
    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '20ms'"))  # of two that wait this one would be told
            connection.execute(select(table.c.id).where(table.c.id == first).with_for_update(key_share=True))
            ending = pool.submit(train)
            wait_until_somebody_waits(connection)
            connection.execute(update(table).where(table.c.id == own).values(error=None))
        return ending.result(timeout=300)


@pytest.mark.parametrize("table", [jobs, trials], ids=["marking jobs as sent", "marking trials as tracked"])
def test_a_writer_that_holds_a_waiting_row_and_wants_the_flushs_own_is_waited_for(database, table) -> None:
    created = submit(database, name="validation_cost", target=10.0)
    own_job = created.job_ids[-1]
    settings = Settings(database_url=database.url, lease_seconds=600.0)
    if table is jobs:
        first, own = created.job_ids[0], own_job
    else:
        first, own = rows(database, trials)[0]["id"], rows(database, trials, job_id=own_job)[0]["id"]
        assert first < own
    ending = hold_first_then_own(database, table, first, own, lambda: train_job(database, settings, own_job, "test"))
    assert ending is Ending.FINISHED
    states = [row["state"] for row in rows(database, trials)]
    assert states.count(State.PRUNED) == 2
    assert rows(database, trials, job_id=own_job)[0]["state"] == State.FINISHED
