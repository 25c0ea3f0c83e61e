"""Sweeps and extensions are computed before they are stored; large sweeps on SQLite in parts, their own row last."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
from contextlib import ExitStack, closing
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
from results.database import Database, open_database
from results.errors import DatabaseUnusable, NoSuchSweep
from results.reads import sweeps as reading
from results.reads import trials as trial_pages
from results.tables.sweeps import configurations, submissions, sweeps
from results.tables.trials import checkpoints, epochs, jobs, layer_epochs, trial_targets, trials
from results.views.everything import VIEWS
from results.writes import claiming, digesting, extending, extending_in_parts, planned_rows, recovery, taking_over
from results.writes import submissions as submissions_module
from results.writes.submissions import LARGE, discard, discard_abandoned, staged
from results.writes.sweeps import CreatedSweep, PreparedSweep, prepare, store
from settings import Settings
from sweeps.digests import trial_digests
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.reuse import TrainedBefore
from tests.results.samples import plan_of, train
from tests.results.samples import store as store_small
from tests.services.forked import killed_in
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


WISHES: dict[str, dict[str, Any]] = {
    "epochs": {"epochs": 4},
    "replicates": {"replicates": 2},
    "values": {"parameters": {"learning_rate": [0.7, 0.8, 0.9]}},
    "epochs and replicates": {"epochs": 4, "replicates": 2},
    "what was dropped": {"dropped": True},
}
SMALL_PART = 7  # rows in a transaction, so that few rows make many


def extensible(database: Database, count: int = 30) -> Any:
    """A sweep that has ended, whose trials have results; every fifth was dropped, one diverged; an HTTP client."""
    http = service_of(database)
    parameters = {
        "dataset": {"value": "xor"},
        "epochs": {"value": 2},
        "learning_rate": {"values": [0.01 * number for number in range(1, count + 1)]},
    }
    document = {"method": "grid", "parameters": parameters, "backsweep": {"replicates": 1, "trials_per_job": 4}}
    assert http.post("/api/v1/sweeps", json=document).status_code == 201
    with database.write() as connection:
        moment = now(connection)
        ended = {"state": "finished", "started_at": moment, "finished_at": moment}
        for table in (jobs, sweeps):
            connection.execute(update(table).values(ended))
        result = {"completed_epochs": 2, "completed_at": moment, "epochs_recorded": 2, "tracked_state": "finished"}
        connection.execute(update(trials).values(ended | result))
        undone = {"state": "cancelled", "completed_epochs": None, "completed_at": None, "epochs_recorded": -1}
        connection.execute(update(trials).where(trials.c.number % 5 == 0).values(undone))
        connection.execute(update(trials).where(trials.c.number == 1).values(diverged_epoch=1))
    return http


def service_of(database: Database) -> Any:
    return create_app(replace(Settings(database_url=database.url), broker_url="redis://127.0.0.1:1/0")).test_client()


def whole_sweep(database: Database) -> list[Any]:
    """All that an extension may change, but for moments and keys of new rows."""
    own = dict.fromkeys(("id", "created_at", "finished_at", "uid", "configuration_id", "job_id", "idle_seconds"))
    own |= dict.fromkeys(("started_at", "completed_at"))
    with database.read() as connection:
        found = [{**row, **own} for table in (configurations, jobs, trials) for row in rows(connection, table, 1)]
        (sweep,) = connection.execute(select(sweeps)).all()
        links = select(trials.c.number, configurations.c.number, jobs.c.number).select_from(
            trials.join(configurations).join(jobs, jobs.c.id == trials.c.job_id)
        )
        found += [{**sweep._mapping, **own}, sorted(map(tuple, connection.execute(links)))]
        assert connection.execute(select(submissions)).all() == []
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    return found


def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extending, "LARGE", 0)
    for module in (planned_rows, extending_in_parts, submissions_module):
        if hasattr(module, "PART"):
            monkeypatch.setattr(module, "PART", SMALL_PART)


def another_database(tmp_path: Any, name: str) -> Database:
    url = f"sqlite:///{tmp_path / name}.db"
    schema.upgrade(url)
    return open_database(url)


@pytest.mark.parametrize("name", WISHES)
def test_an_extension_in_parts_comes_to_what_one_in_one_transaction_does(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found, answers = [], []
    for way in ("whole", "parts"):
        database = another_database(tmp_path, way)
        http = extensible(database)
        if way == "parts":
            in_small_parts(monkeypatch)
        response = http.post("/api/v1/sweeps/1/extend", json=WISHES[name])
        assert response.status_code == 202, response.text
        found.append(whole_sweep(database))
        answer = response.get_json()
        answers.append({key: answer[key] for key in ("state", "trial_count", "notes", "replicates", "document")})
        database.dispose()
    assert found[0] == found[1]
    assert answers[0] == answers[1]


def test_no_part_of_an_extension_changes_more_than_a_part(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    database = another_database(tmp_path, "counted")
    http = extensible(database, 60)
    in_small_parts(monkeypatch)
    counts = [0]
    engine = http.application.extensions[EXTENSION].database._engine
    event.listen(engine, "commit", lambda connection: counts.append(0))

    @event.listens_for(engine, "after_cursor_execute")
    def count(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        changes = (
            statement.startswith(("INSERT", "UPDATE", "DELETE")) and "submissions" not in statement.split("WHERE")[0]
        )
        counts[-1] = max(counts[-1], cursor.rowcount if changes else 0)

    assert http.post("/api/v1/sweeps/1/extend", json=WISHES["epochs and replicates"]).status_code == 202
    assert len(counts) > 50
    assert max(counts) <= SMALL_PART


@pytest.mark.parametrize("name", ["epochs and replicates", "what was dropped"])
def test_an_extension_whose_writer_is_killed_between_two_parts_is_undone_or_completed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Killed before every one of its transactions in turn; then recovery has its way."""
    before = another_database(tmp_path, "before")
    extensible(before)
    untouched = whole_sweep(before)
    before.dispose()
    in_small_parts(monkeypatch)
    ended: list[str] = []
    for place in itertools.count():
        path = tmp_path / f"killed {place}.db"
        with closing(sqlite3.connect(tmp_path / "before.db")) as one, closing(sqlite3.connect(path)) as copy:
            one.backup(copy)
        database = open_database(f"sqlite:///{path}")
        http = service_of(database)
        killed = killed_in(extend_until, http, place, WISHES[name])
        if killed:
            with database.read() as connection:
                assert list(recovery.unended(connection)) == []
                begun = connection.execute(select(submissions)).first() is not None
                assert not begun or recovery.unsent(connection, 0.0).to_send == ()
                queued = select(jobs.c.id).where(jobs.c.state == "queued", jobs.c.sweep_id == 1)
                waiting = connection.execute(queued).scalars().all()
                decided = select(submissions.c.sweep_id).where(submissions.c.extension.is_not(None))
                certain = connection.execute(decided).first() is not None
            with database.write() as connection:
                claims = [claiming.claim(connection, job_id, "somebody", 60) for job_id in waiting if begun]
                assert claims == [None] * len(claims)
            if certain:
                response = http.post("/api/v1/sweeps/1/extend", json={"replicates": 3})
                assert (response.status_code, "being stored" in response.text) == (409, True)
            with database.write() as connection:
                connection.execute(update(submissions).values(renewed_at=now(connection) - timedelta(hours=1)))
            discard_abandoned(database)
            extending_in_parts.complete_abandoned(database)
        found = whole_sweep(database)
        database.dispose()
        ended.append("untouched" if found == untouched else "extended")
        path.unlink()
        if not killed:
            break
    assert ended == sorted(ended, reverse=True), "first undone, from the decision on completed"
    assert {"untouched", "extended"} == set(ended)
    assert ended.count("extended") > 3
    monkeypatch.setattr(extending, "LARGE", 10**6)
    assert service_of(before).post("/api/v1/sweeps/1/extend", json=WISHES[name]).status_code == 202
    assert found == whole_sweep(before)


def extend_until(http: Any, place: int, wish: dict[str, Any]) -> None:
    """In a process of its own, which kills itself at the beginning of its transaction of that number."""
    engine = http.application.extensions[EXTENSION].database._engine
    begun = itertools.count()

    @event.listens_for(engine, "begin", insert=True)
    def kill(connection: Any) -> None:
        if next(begun) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    http.post("/api/v1/sweeps/1/extend", json=wish)


def with_donors(database: Database) -> PreparedSweep:
    """A sweep of which all but the first trial takes over what another one trained."""
    planned = plan_of([{"learning_rate": 0.1 * number, "layers": [4]} for number in range(1, 12)], trials_per_job=3)
    for job_id in store_small(database, planned).job_ids:
        train(database, job_id)
    with database.read() as connection:
        donors = {row.number: row.id for row in connection.execute(select(trials)) if row.number}
    again = replace(planned, spec=replace(planned.spec, reuse=True))
    digests = trial_digests(planned, BUILT_IN)
    return prepare(again, {"name": "again"}, BUILT_IN, 3, digests, TrainedBefore(donors, (1,)))


def taken_rows(database: Database, sweep_id: int) -> list[Any]:
    """What the sweep has, by numbers."""
    with database.read() as connection:
        (row,) = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).all()
        found: list[Any] = [row.state, row.trial_count, row.configuration_count, row.job_count, row.notes]
        found += [
            {**one, "id": 0, "sweep_id": 0, "created_at": 0, "finished_at": 0}
            for one in rows(connection, jobs, sweep_id)
        ]
        own = dict.fromkeys(("id", "sweep_id", "configuration_id", "job_id"))
        found += [{**one, **own} for one in rows(connection, trials, sweep_id)]
        for table in (epochs, layer_epochs, checkpoints, trial_targets):
            query = select(trials.c.number, *(column for column in table.c if column.name != "trial_id"))
            query = query.join(table, table.c.trial_id == trials.c.id).where(trials.c.sweep_id == sweep_id)
            found += sorted(map(tuple, connection.execute(query)))
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    return found


@pytest.mark.parametrize("size", [5, 50])
def test_what_is_taken_over_in_parts_is_what_is_taken_over_at_once(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    prepared = with_donors(sqlite_database)
    stored(sqlite_database, prepared)
    for module in (submissions_module, taking_over):
        monkeypatch.setattr(module, "SLICE", size)
    stored(sqlite_database, prepared)
    found = [taken_rows(sqlite_database, sweep_id) for sweep_id in (2, 3)]
    assert found[0] == found[1]
    assert len(found[0]) > 100


def test_donors_that_change_while_they_are_copied_are_noticed(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = with_donors(sqlite_database)
    for module in (submissions_module, taking_over):
        monkeypatch.setattr(module, "SLICE", 5)
    copy, copies = taking_over._copy, itertools.count()

    def meanwhile(connection: Connection, *arguments: Any) -> None:
        copy(connection, *arguments)
        if next(copies) == 4:
            connection.execute(update(trials).where(trials.c.id == prepared.plan.donors[7]).values(state="queued"))

    monkeypatch.setattr(taking_over, "_copy", meanwhile)
    with pytest.raises(taking_over.DonorsChanged) as raised:
        stored(sqlite_database, prepared)
    assert set(prepared.plan.donors) - set(raised.value.left.donors) == {7}
    with sqlite_database.read() as connection:
        assert connection.execute(select(submissions)).all() == []
        assert {row.sweep_id for row in connection.execute(select(trials))} == {1}
