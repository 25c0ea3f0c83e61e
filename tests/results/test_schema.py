"""The migrated database equals the models, on every kind; upgrades are safe at once, and old databases come along."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from results import schema
from results.database import Database, open_database
from results.errors import SchemaOutdated
from results.reads import sweeps, trials
from results.tables.everything import metadata
from results.views.everything import VIEWS, digest
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
