"""A connection to MLflow's database for one pass: short waits, one transaction per batch, errors told apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlflow.store.tracking.dbmodels.models import SqlInput, SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import NullPool

from tracking.address import database_url, shown, sqlite_path
from tracking.errors import Unavailable

_BUSY_SECONDS = 10
_CONNECT_SECONDS, _LOCK_SECONDS, _STATEMENT_SECONDS = 5, 5, 60


@contextmanager
def open_engine(uri: str) -> Iterator[Engine]:
    """An engine that keeps no connection beyond the pass: a database file that was replaced meanwhile is found again.

    Raises `Unavailable` where an SQLite file does not exist: connecting would leave an empty one behind.
    """
    url = database_url(uri)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise Unavailable(f"there is no MLflow database at {path} (yet)")
    if path is not None:
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        options = f"-c lock_timeout={_LOCK_SECONDS}s -c statement_timeout={_STATEMENT_SECONDS}s"
        patience = {"connect_timeout": _CONNECT_SECONDS, "options": options}
        engine = create_engine(url, pool_size=1, max_overflow=0, connect_args=patience)  # connecting takes milliseconds
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def transaction(engine: Engine, uri: str) -> Iterator[Connection]:
    """One transaction, committed at the end of the block; `Unavailable` when the database fails at any point of it."""
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(f"MLflow's database at {shown(uri)}: {_first_line(error)}") from error


def analyze(connection: Connection) -> None:
    """Let the planner know how large the tables have become: without, 100,000 runs take minutes to be sorted.

    A sample of each index is enough, and takes milliseconds.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")
        return
    tables = [model.__tablename__ for model in (SqlRun, SqlParam, SqlTag, SqlMetric, SqlLatestMetric, SqlInput)]
    connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # transactions are begun by `_begin_immediate`, not by the driver
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA cache_size = -65536")  # KiB; its indices are larger than the default 2 MB


def _begin_immediate(connection: Connection) -> None:
    """A deferred BEGIN would fail at once where it meets another writer, instead of waiting."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _first_line(error: DBAPIError) -> str:
    return str(error.orig or error).strip().splitlines()[0]
