"""One results database, SQLite or PostgreSQL, as two kinds of transactions: `write()` and `read()`.

Every program opens it once with `open_database` and passes it on; nothing connects before the first transaction.
Refuses addresses that several processes cannot share (SQLite in memory) and any other kind of database.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from results import postgresql, sqlite
from results.addresses import parse_address
from results.errors import DatabaseUnusable
from results.failures import translate
from results.sqlite import BUSY_SECONDS, is_busy

BEGIN_SECONDS = 2 * BUSY_SECONDS  # how long a writer waits for its turn, in all; below a third of the lease


class Database:
    """A pool of connections to one results database; threads may share it, forked processes must `dispose` first."""

    def __init__(self, address: URL) -> None:
        self._address = address
        self._engine = _engine(address)

    @property
    def url(self) -> str:
        """The address, password included."""
        return self._address.render_as_string(hide_password=False)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block and rolls back on any exception.

        On SQLite it begins IMMEDIATE, so writers queue up here and never fail half-way. Raises `DatabaseUnusable`.
        """
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database throughout and refuses writes. Raises as `write`."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def stage(self) -> Iterator[Connection]:
        """As `write`, but on SQLite rows may come before those they refer to (see `results.writes.submissions`)."""
        with self._transaction(writes=True, unchecked=True) as connection:
            yield connection

    @contextmanager
    def migrate(self) -> Iterator[Connection]:
        """As `write`, but SQLite checks foreign keys at the end only: tables may be rebuilt in between."""
        with self._transaction(writes=True, unchecked=True) as connection:
            yield connection
            if self.dialect == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
                if broken:
                    raise DatabaseUnusable(f"the migration left rows without the rows they refer to: {broken}")

    def dispose(self, close: bool = True) -> None:
        """Forget all connections; with `close=False` leave them open to the process this one was forked from."""
        self._engine.dispose(close=close)

    @contextmanager
    def _transaction(self, **mode: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                _begin(connection, **mode)
                yield connection
                connection.commit()
        except DBAPIError as error:
            translated = translate(self._address, error)
            if translated is None:
                raise
            raise translated from error


def open_database(url: str) -> Database:
    """The database at an SQLAlchemy URL; `postgres://` and `postgresql://` mean psycopg 3.

    Does not connect. Raises `DatabaseUnusable` for an address that cannot serve.
    """
    return Database(parse_address(url))


def _engine(address: URL) -> Engine:
    serialize = partial(json.dumps, allow_nan=False, ensure_ascii=True)
    if address.get_backend_name() == "sqlite":
        arguments: dict[str, Any] = {
            "isolation_level": None,
            "timeout": BUSY_SECONDS,
        }  # BEGIN is issued here, not by the driver
        return sqlite.prepare_engine(create_engine(address, json_serializer=serialize, connect_args=arguments))
    arguments = postgresql.patience(address)
    return postgresql.prepare_engine(
        create_engine(address, json_serializer=serialize, pool_pre_ping=True, connect_args=arguments)
    )


def _begin(connection: Connection, writes: bool, unchecked: bool = False) -> None:
    """Begin the transaction; a writer on SQLite waits for the others."""
    if connection.dialect.name == "postgresql" and not writes:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    connection.execution_options(writes=writes, unchecked=unchecked)
    deadline = time.monotonic() + BEGIN_SECONDS
    while True:
        try:
            connection.begin()
            return
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
