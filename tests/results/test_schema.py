"""The migrated database equals the models, on every kind; upgrades are safe at once, and old databases come along."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text, update

from results import schema
from results.database import Database, open_database
from results.errors import RowsHeld, SchemaOutdated
from results.reads import sweeps, trials
from results.tables import trials as tables
from results.tables.everything import metadata
from results.views.everything import VIEWS, digest, drop_views
from tests.results.samples import BEGIN, plan_of, store, train
from tests.results.stored_databases import DUMPS, contents

EMPTY = ["sqlite", "postgresql"]


@pytest.fixture(params=EMPTY)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgresql_server").empty_database())


def differences(database: Database) -> list[object]:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_a_migrated_database_equals_the_models(database: Database) -> None:
    assert differences(database) == []


def test_the_comparison_with_the_models_can_fail(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("ALTER TABLE trials ADD COLUMN surprise INTEGER"))
    assert differences(database) != []


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(schema.configuration()).get_heads()) == 1


def test_the_newest_revision_knows_the_views_as_they_are() -> None:
    """Views are made anew only when the revision moves: a change of one needs a revision, an empty one if need be."""
    script = ScriptDirectory.from_config(schema.configuration()).get_revision("head")
    assert script is not None
    assert script.module.views == digest(), 'python -m migrations "what changed in the views"'


def test_every_view_is_there_with_the_columns_it_documents(database: Database) -> None:
    with database.read() as connection:
        found = inspect(connection)
        assert set(found.get_view_names()) == {view.name for view in VIEWS}
        for view in VIEWS:
            assert [column["name"] for column in found.get_columns(view.name)] == list(view.columns)


def test_a_database_at_the_newest_schema_passes_the_check(database: Database) -> None:
    schema.check(database)
    with database.read() as connection:
        assert schema.current(connection) == schema.head()


def test_a_database_without_tables_is_told_the_command(empty_url: str) -> None:
    database = open_database(empty_url)
    with pytest.raises(SchemaOutdated, match="no tables yet; run: backsweep database upgrade"):
        schema.check(database)
    database.dispose()


def test_a_database_of_a_newer_program_is_refused_by_check_and_upgrade(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaOutdated, match="newer backsweep"):
        schema.check(database)
    with pytest.raises(SchemaOutdated, match="newer backsweep"):
        schema.upgrade(database.url)


def test_upgrading_again_changes_nothing(database: Database) -> None:
    schema.upgrade(database.url)
    assert differences(database) == []


def test_a_migration_that_breaks_leaves_nothing_behind(empty_url: str, monkeypatch) -> None:
    import results.views.everything as everything

    def broken(_connection: object) -> None:
        raise RuntimeError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(everything, "create_views", broken)
        with pytest.raises(RuntimeError, match="on purpose"):
            schema.upgrade(empty_url)
    database = open_database(empty_url)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    schema.upgrade(empty_url)
    schema.check(database)
    database.dispose()


def _upgrade(url: str, gate, problems) -> None:
    gate.wait(100)
    try:
        schema.upgrade(url)
        database = open_database(url)
        schema.check(database)
        database.dispose()
    except BaseException as error:
        problems.put(repr(error))
        raise


def test_four_processes_may_start_the_upgrade_at_once(empty_url: str) -> None:
    context = multiprocessing.get_context("fork")
    gate, problems = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_upgrade, args=(empty_url, gate, problems)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(300)
    assert [process.exitcode for process in processes] == [0] * 4, problems.get(timeout=1)
    database = open_database(empty_url)
    assert differences(database) == []
    database.dispose()


def oldest(url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database of the first revision; without views, for today's need more."""
    database = open_database(url)
    with monkeypatch.context() as patch, database.migrate() as connection:
        patch.setattr("results.views.everything.create_views", lambda _connection: None)
        command.upgrade(schema.configuration(connection), "0001")
    return database


def test_a_migration_beside_busy_workers_ends_none_of_their_transactions(postgresql_server, monkeypatch) -> None:
    """They take tables in opposite orders, as recovery and a flush do: no order of a migration's own suits them all."""
    for _ in range(3):
        url = str(postgresql_server.empty_database())
        old = oldest(url, monkeypatch)
        done, errors = threading.Event(), []

        def work(*tables: str, url: str = url, done: threading.Event = done, errors: list = errors) -> None:
            with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
                while not done.is_set():
                    try:
                        with connection.transaction():
                            for table in tables:
                                connection.execute(f"SELECT id FROM {table} FOR NO KEY UPDATE")
                                time.sleep(0.005)
                        time.sleep(0.05 * random.random())
                    except psycopg.Error as error:
                        errors.append(error)

        orders = (("sweeps", "jobs", "trials"), ("jobs", "trials", "sweeps"), ("configurations", "trials"))
        threads = [threading.Thread(target=work, args=order, daemon=True) for order in orders]
        for thread in threads:
            thread.start()
        schema.upgrade(url)
        done.set()
        for thread in threads:
            thread.join(60)
        assert errors == []
        schema.check(old)
        old.dispose()
        postgresql_server.drop(url)


def test_a_migration_that_never_gets_the_tables_says_who_is_in_its_way(postgresql_server, monkeypatch) -> None:
    monkeypatch.setattr(schema, "PATIENCE", 0.5)
    url = str(postgresql_server.empty_database())
    old = oldest(url, monkeypatch)
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as user:
        user.execute("SELECT * FROM sweeps")
        with pytest.raises(RowsHeld, match="another transaction holds"):
            schema.upgrade(url)
    schema.upgrade(url)
    old.dispose()
    postgresql_server.drop(url)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_stored_database_of_every_released_schema_comes_along(dump: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.executescript(dump.read_text())
    before = contents(path)
    schema.upgrade(f"sqlite:///{path}")
    database = open_database(f"sqlite:///{path}")
    assert differences(database) == []
    after = contents(path)
    for table, rows in before.items():
        if table != "alembic_version":
            for row, old_row in zip(after[table], rows, strict=True):
                assert row.items() >= old_row.items()
    with database.read() as connection:
        (view,) = sweeps.page(connection)
        found = trials.page(connection, view.id).trials
    assert (view.trial_count, len(found), found[0].epochs_recorded) == (4, 4, 3)
    database.dispose()


def test_every_revision_but_the_newest_has_a_stored_database() -> None:
    revisions = {script.revision for script in ScriptDirectory.from_config(schema.configuration()).walk_revisions()}
    assert revisions - {schema.head()} <= {dump.stem for dump in DUMPS}


REVISION_11 = ("ALTER TABLE sweeps DROP COLUMN model_sha256",)
REVISION_10 = tuple(f"ALTER TABLE sweeps DROP COLUMN {name}" for name in ("idle_seconds", "paused_at"))
REVISION_8 = ("DROP TABLE submissions",)
REVISION_7 = (
    "ALTER TABLE jobs DROP COLUMN lease_seconds",
    "ALTER TABLE jobs DROP COLUMN advanced",
    "ALTER TABLE sweeps DROP COLUMN error",
)
REVISION_5 = (
    *(f"DROP INDEX ix_{name}" for name in ("trials_unsent", "sweeps_unsent", "sweeps_artifacts_unsent")),
    *(f"DROP INDEX ix_{name}" for name in ("sweeps_sent", "sweeps_in_doubt")),
    "ALTER TABLE sweeps DROP COLUMN tracking_doubt",
    "DROP TABLE tracker",
    "ALTER TABLE trials DROP COLUMN completed_epochs",
    "ALTER TABLE trials DROP COLUMN completed_at",
)
# Trials as an older program left them: what is changed in the row of a finished one, its final checkpoint, its job.
DROPPED: dict[str, object] = {"state": "cancelled", "finished_at": BEGIN}
OPEN: dict[str, object] = {"state": "queued", "finished_at": None}
EXTENSIONS: dict[str, tuple[dict[str, object], int | None, dict[str, object]]] = {
    "finished": ({"state": "finished"}, 3, {"state": "finished"}),
    "pruned by a decision": ({"state": "pruned"}, 3, {"state": "finished"}),
    "pruned before it began": ({"state": "pruned", "epochs_recorded": -1, "seconds": None}, None, DROPPED),
    "waits to be extended": (OPEN, 3, OPEN),
    "trained its extension": (OPEN | {"epochs_recorded": 5}, None, OPEN),
    "extension dropped": (DROPPED, 3, DROPPED),
    "cancelled while it trained": ({"state": "cancelled", "epochs_recorded": 2}, 2, {"state": "cancelled"}),
    "extension failed": ({"state": "failed", "error": "out of luck"}, 3, {"state": "failed"}),
    "extension pruned at a target": ({"state": "pruned"}, 3, {"state": "cancelled"}),
}
COMPLETED = {
    "finished": ("finished", 3),
    "pruned by a decision": ("pruned", 3),
    "pruned before it began": ("pruned", None),
    "waits to be extended": ("queued", 3),
    "trained its extension": ("queued", None),
    "extension dropped": ("finished", 3),
    "cancelled while it trained": ("cancelled", None),
    "extension failed": ("finished", 3),
    "extension pruned at a target": ("finished", 3),
}


def test_what_an_older_program_had_completed_is_a_result_again(database: Database) -> None:
    plan = plan_of([{"learning_rate": 0.1 + number} for number in range(len(EXTENSIONS))])
    created = store(database, plan)
    for job_id in created.job_ids:
        train(database, job_id)
    with database.write() as connection:
        for key, (name, (row, checkpoint, job)) in enumerate(EXTENSIONS.items(), created.job_ids[0]):
            connection.execute(update(tables.trials).where(tables.trials.c.id == key).values(row))
            connection.execute(update(tables.jobs).where(tables.jobs.c.id == key).values(job))
            if checkpoint is not None:
                saved = {"trial_id": key, "epoch": checkpoint, "final": True, "state": b"weights", "saved_at": BEGIN}
                connection.execute(insert(tables.checkpoints).values(saved))
            if name == "pruned by a decision":
                decided = {"trial_id": key, "epoch": 3, "rule": "asha", "verdict": "stop", "audited": False}
                connection.execute(insert(tables.decisions).values(decided | {"decided_at": BEGIN}))
        drop_views(connection)
        back = (*REVISION_11, *REVISION_10, *REVISION_8, *REVISION_7, *REVISION_5)
        for statement in (*back, "UPDATE alembic_version SET version_num = '0005'"):
            connection.execute(text(statement))
    schema.upgrade(database.url)
    columns = (tables.trials.c.state, tables.trials.c.completed_epochs, tables.trials.c.completed_at)
    with database.read() as connection:
        found = connection.execute(select(*columns, tables.trials.c.error).order_by(tables.trials.c.id)).all()
    assert {name: (row.state, row.completed_epochs) for name, row in zip(EXTENSIONS, found, strict=True)} == COMPLETED
    assert all((row.completed_at is None) == (row.completed_epochs is None) for row in found)
    assert [row.error for row in found if row.error is not None] == ["out of luck"]
    assert differences(database) == []
