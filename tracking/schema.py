"""MLflow's own tables: made or upgraded before anything reads them, refused where they are not the tested ones.

`prepare` is called by whoever starts a stack, before the MLflow server and the tracker. The bulk path calls `check`
in every pass: it writes through MLflow's table definitions and must not guess at tables it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tracking.address import database_url, is_http, shown, sqlite_path
from tracking.errors import Unavailable, UntestedSchema

# Alembic revisions of MLflow's tables that the tests write and read: one a release line.
TESTED_REVISIONS = {"dc11669786a5": "3.17"}
_LOCK_KEY = 0x6261636B737770  # any constant: one preparation at a time in a PostgreSQL database


def prepare(uri: str) -> None:
    """Bring MLflow's tables at a database address to the tested revision; nothing to do for an http(s) address.

    Safe to call again and by several processes at once. Raises `UntestedSchema` for tables of another MLflow or of
    another program, and `sqlalchemy.exc.OperationalError` when the database cannot be reached.
    """
    if is_http(uri):
        return
    url = database_url(uri)
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool)
    with _alone(engine, path):
        if path is not None:
            _write_ahead(engine)
        _bring_up(engine, uri)


def check(connection: Connection, uri: str) -> None:
    """Raise `UntestedSchema` unless the tables have a tested revision, `Unavailable` while there are none."""
    revision = _revision(connection)
    if revision is None:
        raise Unavailable(f"{shown(uri)} holds no MLflow tables (yet)")
    if revision not in TESTED_REVISIONS:
        raise UntestedSchema(_untested(revision, uri))


def _bring_up(engine: Engine, uri: str) -> None:
    # Private parts of MLflow, pinned by the version range in pyproject.toml and by the tests.
    from mlflow.store.db import utils

    with engine.connect() as connection:
        revision = _revision(connection)
        others = [name for name in inspect(connection).get_table_names() if not name.startswith("alembic_")]
    if revision in TESTED_REVISIONS:
        return
    head = utils._get_latest_schema_revision()
    if head not in TESTED_REVISIONS:
        raise UntestedSchema(_untested(head, uri))
    if revision is None and others:
        raise UntestedSchema(f"{shown(uri)} holds tables of another program; give MLflow a database of its own")
    if revision is None:
        utils._initialize_tables(engine)
    elif _is_older(revision):
        utils._upgrade_db(engine)
    else:
        raise UntestedSchema(_untested(revision, uri))


def _revision(connection: Connection) -> str | None:
    """The Alembic revision of the tables, None where there are none. Cheap: asked in every pass."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_older(revision: str) -> bool:
    """Whether the installed MLflow knows this revision, so that it can upgrade from there."""
    from alembic.script import ScriptDirectory
    from mlflow.store.db import utils

    script = ScriptDirectory.from_config(utils._get_alembic_config(db_url=""))
    return revision in {entry.revision for entry in script.walk_revisions()}


def _untested(revision: str, uri: str) -> str:
    tested = ", ".join(f"{known} (MLflow {release})" for known, release in TESTED_REVISIONS.items())
    return (
        f"MLflow's tables at {shown(uri)} have revision {revision}; bulk tracking is tested with {tested}. "
        "Install that MLflow, or track through its server: set BACKSWEEP_MLFLOW_TRACKING_URI to its http address"
    )


def _write_ahead(engine: Engine) -> None:
    """Readers (the UI) and the tracker do not wait for each other; the mode is kept in the file."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10000")
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")


@contextmanager
def _alone(engine: Engine, path: Path | None) -> Iterator[None]:
    """One preparation at a time: a lock file beside an SQLite file, an advisory lock in PostgreSQL."""
    if path is not None:
        import fcntl

        with open(f"{path}.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK_KEY})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK_KEY})
