"""Sweeps and extensions are computed before they are stored; large sweeps on SQLite in parts, their own row last."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text, update

from api import submitting
from api.application import create_app
from api.services import EXTENSION
from api.views import extending as views
from engine.data.catalog import BUILT_IN
from results import schema
from results.clock import now
from results.database import Database
from results.errors import DatabaseUnusable, NoSuchSweep
from results.reads import sweeps as reading
from results.reads import trials as trial_pages
from results.tables.sweeps import configurations, submissions, sweeps
from results.tables.trials import jobs, trials
from results.views.everything import VIEWS
from results.writes import digesting, extending, planned_rows, recovery
from results.writes.submissions import LARGE, discard, discard_abandoned, staged
from results.writes.sweeps import CreatedSweep, PreparedSweep, prepare, store
from settings import Settings
from sweeps.digests import trial_digests
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.reuse import TrainedBefore
from tests.results.samples import store as store_small
from worker.train_job import train_job


def large(count: int = LARGE + 500) -> PreparedSweep:
    document = {
        "method": "grid",
        "parameters": {
            "dataset": {"value": "xor"},
            "epochs": {"values": [1, 2]},
            "learning_rate": {"values": [0.001 * number for number in range(1, count // 2 + 1)]},
        },
        "backsweep": {"replicates": 1, "trials_per_job": 100},
    }
    planned = plan(parse(document, BUILT_IN, 100_000), BUILT_IN)
    return prepare(planned, document, BUILT_IN, 3, trial_digests(planned, BUILT_IN), TrainedBefore())


def stored(database: Database, prepared: PreparedSweep) -> CreatedSweep:
    with staged(database, prepared) as parts, database.write() as connection:
        return store(connection, prepared, parts)


def rows(connection: Connection, table: Any, sweep_id: int) -> list[dict[str, Any]]:
    query = select(table).where(table.c.sweep_id == sweep_id).order_by(table.c.number)
    return [dict(row._mapping) for row in connection.execute(query)]


def test_a_large_sweep_is_stored_as_a_small_one_is(database: Database) -> None:
    prepared = large()
    one = stored(database, prepared)
    with database.write() as connection:
        other = store(connection, prepared)
    with database.read() as connection:
        for table in (configurations, jobs, trials):
            found, expected = (rows(connection, table, each.sweep_id) for each in (one, other))
            own = ("id", "sweep_id", "configuration_id", "job_id", "created_at")
            assert [{**row, **dict.fromkeys(own)} for row in found] == [
                {**row, **dict.fromkeys(own)} for row in expected
            ]
        found = rows(connection, trials, one.sweep_id)
        assert [row["id"] for row in found] == sorted(row["id"] for row in found)
        jobs_by_number = [row["id"] for row in rows(connection, jobs, one.sweep_id)]
        assert list(one.job_ids) == jobs_by_number[: len(one.job_ids)]
        numbers = {row["id"]: row["number"] for row in rows(connection, configurations, one.sweep_id)}
        assert [numbers[row["configuration_id"]] for row in found] == list(range(len(found)))
        assert reading.find(connection, one.sweep_id).trial_count == len(found)
        assert connection.execute(select(submissions)).all() == []
        if database.dialect == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_no_transaction_on_sqlite_stores_more_than_a_part(sqlite_database: Database) -> None:
    counts = [0]
    engine = sqlite_database._engine
    event.listen(engine, "commit", lambda connection: counts.append(0))

    @event.listens_for(engine, "before_cursor_execute")
    def count(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("INSERT"):
            counts[-1] += len(parameters) if many else 1

    stored(sqlite_database, large())
    assert sum(counts) > 2 * LARGE
    assert max(counts) <= planned_rows.PART


def test_nobody_sees_a_sweep_before_all_of_it_is_stored(sqlite_database: Database, monkeypatch) -> None:
    store_small(sqlite_database)
    begin, looks = sqlite_database.stage, []

    def look() -> Any:
        with sqlite_database.read() as connection:
            if not connection.execute(select(submissions)).all():
                return begin()  # it is stored
            assert [one.id for one in reading.page(connection)] == [1]
            with pytest.raises(NoSuchSweep):
                reading.find(connection, 2)
            for view in VIEWS:
                if "sweep_id" in view.columns:
                    query = f"SELECT count(*) FROM {view.name} WHERE sweep_id > 1"
                    assert connection.execute(text(query)).scalar_one() == 0, view.name
            assert list(recovery.unended(connection)) == []
            mine = select(jobs.c.id).where(jobs.c.sweep_id == 1)
            assert set(recovery.unsent(connection, 0.0).to_send) == set(connection.execute(mine).scalars())
        looks.append(1)
        return begin()

    monkeypatch.setattr(sqlite_database, "stage", look)
    created = stored(sqlite_database, large())
    assert (created.sweep_id, len(looks) > 5) == (2, True)


def test_sweeps_that_are_stored_at_the_same_time_have_keys_of_their_own(sqlite_database: Database) -> None:
    one, other = large(), large(LARGE + 1500)
    with staged(sqlite_database, one) as first, staged(sqlite_database, other) as second:
        small = store_small(sqlite_database)
        with sqlite_database.write() as connection:
            later = store(connection, other, second)
        with sqlite_database.write() as connection:
            earlier = store(connection, one, first)
    assert (earlier.sweep_id, later.sweep_id, small.sweep_id) == (1, 2, 3)
    with sqlite_database.read() as connection:
        for created, prepared in ((earlier, one), (later, other)):
            page = trial_pages.page(connection, created.sweep_id, limit=10)
            assert [found.number for found in page.trials] == list(range(10))
            assert len(rows(connection, trials, created.sweep_id)) == len(prepared.rows.trials)


def test_a_submission_that_is_not_wanted_after_all_leaves_nothing(sqlite_database: Database) -> None:
    with pytest.raises(ZeroDivisionError), staged(sqlite_database, large()):
        raise ZeroDivisionError
    with sqlite_database.read() as connection:
        for table in (configurations, jobs, trials, submissions, sweeps):
            assert connection.execute(select(table)).all() == []


def test_what_a_dead_writer_left_is_cleared_away_and_what_a_living_one_does_is_not(sqlite_database: Database) -> None:
    abandoned = ExitStack()
    abandoned.enter_context(staged(sqlite_database, large()))
    assert discard_abandoned(sqlite_database) == 0
    with sqlite_database.write() as connection:
        connection.execute(update(submissions).values(renewed_at=now(connection) - timedelta(hours=1)))
    with staged(sqlite_database, large()) as parts:
        assert discard_abandoned(sqlite_database) == 1
        with sqlite_database.write() as connection:
            created = store(connection, large(), parts)
    with sqlite_database.read() as connection:
        assert {row.sweep_id for row in connection.execute(select(trials))} == {created.sweep_id}
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    abandoned.close()


def test_a_writer_that_was_taken_for_dead_stores_nothing(sqlite_database: Database) -> None:
    prepared = large()
    with staged(sqlite_database, prepared) as parts:
        assert parts is not None
        discard(sqlite_database, parts.sweep_id)
        with pytest.raises(DatabaseUnusable, match="submit it again"), sqlite_database.write() as connection:
            store(connection, prepared, parts)
    with sqlite_database.read() as connection:
        assert connection.execute(select(sweeps)).all() == []


def test_an_upgrade_clears_away_what_a_dead_writer_left(sqlite_database: Database) -> None:
    abandoned = ExitStack()
    abandoned.enter_context(staged(sqlite_database, large()))
    with sqlite_database.migrate() as connection:
        schema._clear_submissions(connection)
    with sqlite_database.read() as connection:
        for table in (configurations, jobs, trials, submissions):
            assert connection.execute(select(table)).all() == []
    abandoned.close()


def test_nothing_is_computed_while_a_transaction_is_open(database: Database, monkeypatch) -> None:
    """Over HTTP: digests, rows and plans are made while no connection is out, whatever the database."""
    made: list[str] = []

    def watched(module: Any, name: str) -> None:
        function = getattr(module, name)

        def call(*arguments: Any, **named: Any) -> Any:
            assert service.database._engine.pool.checkedout() == 0, f"{name} while a transaction is open"
            made.append(name)
            return function(*arguments, **named)

        monkeypatch.setattr(module, name, call)

    app = create_app(replace(Settings(database_url=database.url), broker_url="redis://127.0.0.1:1/0"))
    service, http = app.extensions[EXTENSION], app.test_client()
    for name in ("parse", "plan", "trial_digests", "prepare"):
        watched(submitting, name)
    for module, name in ((views, "parse"), (views, "missing"), (extending, "configuration_from"), (digesting, "anew")):
        watched(module, name)
    watched(extending, "trial_digests")
    watched(planned_rows, "configuration_columns")
    parameters = {"dataset": {"value": "xor"}, "learning_rate": {"values": [0.1, 1]}, "epochs": {"value": 2}}
    document = {"method": "grid", "parameters": parameters}
    assert http.post("/api/v1/sweeps", json=document).status_code == 201
    asked = ["parse", "plan", "trial_digests", "prepare"]
    assert [name for name in made if name in asked] == asked
    with database.read() as connection:
        job_ids = connection.execute(select(jobs.c.id)).scalars().all()
    for job_id in job_ids:
        train_job(database, service.settings, job_id, "test")
    made.clear()
    wish = {"epochs": 3, "parameters": {"learning_rate": [2.0]}}
    response = http.post("/api/v1/sweeps/1/extend", json=wish)
    assert response.status_code == 202, response.text
    assert set(made) == {"parse", "missing", "configuration_from", "anew", "trial_digests", "configuration_columns"}
    service.close()


def test_an_extension_meets_the_sweep_that_it_was_computed_for(database: Database, settings_of_it: Settings) -> None:
    """Another one comes between: what was computed is not stored, but computed again."""
    app = create_app(settings_of_it)
    service, http = app.extensions[EXTENSION], app.test_client()
    document = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
    http.post("/api/v1/sweeps", json=document)

    def train_all() -> None:
        with database.read() as connection:
            job_ids = connection.execute(select(jobs.c.id).where(jobs.c.state == "queued")).scalars().all()
        for job_id in job_ids:
            train_job(database, service.settings, job_id, "test")

    train_all()
    late = views._prepared(service, 1, {"replicates": 5})
    assert isinstance(late, extending.PreparedExtension)
    assert http.post("/api/v1/sweeps/1/extend", json={"replicates": 4}).status_code == 202
    train_all()
    with pytest.raises(extending.SweepChanged), database.write() as connection:
        extending.store(connection, late)
    assert http.post("/api/v1/sweeps/1/extend", json={"replicates": 5}).get_json()["trial_count"] == 5
    service.close()


def test_a_sweep_that_changes_between_is_extended_as_it_then_is(
    database: Database, settings_of_it: Settings, monkeypatch
) -> None:
    app = create_app(settings_of_it)
    service, http = app.extensions[EXTENSION], app.test_client()
    document = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
    http.post("/api/v1/sweeps", json=document)
    with database.write() as connection:
        for table in (jobs, trials, sweeps):
            connection.execute(update(table).values(state="finished"))
    prepared, calls = views._prepared, []

    def meanwhile(*arguments: Any) -> Any:
        found = prepared(*arguments)
        if not calls:
            with database.write() as connection:
                connection.execute(update(sweeps).values(finished_at=now(connection)))
        calls.append(1)
        return found

    monkeypatch.setattr(views, "_prepared", meanwhile)
    assert http.post("/api/v1/sweeps/1/extend", json={"replicates": 5}).status_code == 202
    assert len(calls) == 2
    service.close()


@pytest.fixture
def settings_of_it(database: Database) -> Settings:
    return Settings(database_url=database.url, broker_url="redis://127.0.0.1:1/0")
