"""What SQLite needs to serve several processes: write-ahead log, full sync, a patient lock, IMMEDIATE writers.

Used by `results.database` and `results.schema` on every SQLite engine they make. One machine only: the write-ahead log
lies in shared memory.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

WAL_BYTES = 64 * 2**20  # of the write-ahead log, once all of it is in the database
BUSY_SECONDS = 4.5  # wait for a lock; a lease is at least six times as long


def prepare_engine(engine: Engine) -> Engine:
    """The engine, with the pragmas on each new connection and an explicit BEGIN for each transaction."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def is_busy(error: DBAPIError) -> bool:
    """Whether another process holds the lock: the one error where the same call may succeed later."""
    code = getattr(error.orig, "sqlite_errorcode", 0) or 0
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def fold_log(path: Path) -> None:
    """Put what the write-ahead log holds into the file, as its last user: it can then be copied without the log.

    Where another process has the file open, or there is none, all stays as it is: nothing is lost either way.
    """
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _on_connect(connection: Any, _record: object) -> None:
    _use_write_ahead_log(connection)
    connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")  # what a long reader made it grow to goes with it
    connection.execute("PRAGMA synchronous=FULL")  # pulling the plug loses nothing that was committed


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("writes", True)
    connection.exec_driver_sql(f"PRAGMA foreign_keys={'OFF' if options.get('unchecked', False) else 'ON'}")
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_write_ahead_log(connection: Any) -> None:
    """Changing the journal does not wait for locks (SQLite's busy handler is not asked), so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
