"""MLflow's own tables: made, upgraded, or refused."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.services.postgresql import PostgreSQL
from tracking.errors import TrackingError, Unavailable, UntestedSchema
from tracking.schema import TESTED_REVISIONS, check, prepare

OLDER = "a5b4c3d2e1f0"  # a revision of an earlier MLflow, on the way to the tested one


def revision(uri: str) -> str:
    engine = create_engine(uri)
    with engine.connect() as connection:
        found: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    return found


def test_the_installed_mlflow_has_a_tested_schema() -> None:
    from mlflow.store.db.utils import _get_latest_schema_revision

    assert _get_latest_schema_revision() in TESTED_REVISIONS


def test_preparing_makes_the_tables_in_a_folder_that_is_made_too_and_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "mlflow.db"
    prepare(f"sqlite:///{path}")
    before = path.stat().st_mtime_ns
    prepare(f"sqlite:///{path}")
    assert revision(f"sqlite:///{path}") in TESTED_REVISIONS
    assert path.stat().st_mtime_ns == before
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_two_that_prepare_at_once_both_succeed(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    spawn = multiprocessing.get_context("fork")
    children = [spawn.Process(target=prepare, args=(uri,)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(500)
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert revision(uri) in TESTED_REVISIONS


def test_preparing_postgresql_takes_the_address_as_mlflow_spells_it(
    postgresql_server: PostgreSQL, prepared_postgresql: str
) -> None:
    assert revision(prepared_postgresql) in TESTED_REVISIONS
    prepare(prepared_postgresql.replace("postgresql+psycopg://", "postgresql://"))
    assert revision(prepared_postgresql) in TESTED_REVISIONS


def test_an_older_mlflow_is_upgraded(tmp_path: Path) -> None:
    from alembic import command
    from mlflow.store.db import utils
    from mlflow.store.tracking.dbmodels.initial_models import Base

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    engine = create_engine(uri)
    Base.metadata.create_all(engine)
    command.upgrade(utils._get_alembic_config(uri), OLDER)
    assert revision(uri) == OLDER
    with engine.connect() as connection, pytest.raises(UntestedSchema):
        check(connection, uri)
    engine.dispose()
    prepare(uri)
    assert revision(uri) in TESTED_REVISIONS


def test_a_newer_mlflow_is_refused(tmp_path: Path, prepared_sqlite: Path) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes(prepared_sqlite.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'newer'")
    connection.close()
    with pytest.raises(UntestedSchema, match=r"have revision newer; bulk tracking is tested with .*3.17"):
        prepare(f"sqlite:///{path}")


def test_a_database_of_another_program_is_refused(migrated_sqlite_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    path.write_bytes(migrated_sqlite_file.read_bytes())
    with pytest.raises(UntestedSchema):
        prepare(f"sqlite:///{path}")
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    with pytest.raises(UntestedSchema, match="another program"):
        prepare(f"sqlite:///{tmp_path}/other.db")


def test_an_empty_database_is_not_written_to_by_a_check(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/empty.db")
    with engine.connect() as connection, pytest.raises(Unavailable, match="no MLflow tables"):
        check(connection, "sqlite:///empty.db")
    engine.dispose()


def test_a_server_needs_no_preparation() -> None:
    prepare("http://127.0.0.1:1")


@pytest.mark.parametrize("uri", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "./mlruns", "file:///tmp/x"])
def test_addresses_that_cannot_serve_are_refused(uri: str) -> None:
    with pytest.raises(TrackingError):
        prepare(uri)
