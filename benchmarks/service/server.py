"""A PostgreSQL server to measure on: that of the tests, but as safe as it comes, with `fsync` on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import psycopg
from sqlalchemy import make_url

from tests.services.postgresql import PostgreSQL, running_postgresql


@dataclass(frozen=True)
class Server:
    """A running server; `process_id` is that of its first process, the ancestor of the others."""

    version: str
    process_id: int
    _server: PostgreSQL

    def new_database(self) -> str:
        """The address of an empty database."""
        return self._server.empty_database()


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server of its own, stopped and deleted at the end; raises ImportError without the wheel."""
    with running_postgresql() as server:
        place = make_url(server.url("postgres")).query["host"]
        with psycopg.connect(f"host={place} user=postgres dbname=postgres", autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes"):  # the tests turn them off
                connection.execute(f"ALTER SYSTEM RESET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
            version = connection.info.server_version // 10_000
            ours = psutil.Process(connection.info.backend_pid).ppid()
        yield Server(f"PostgreSQL {version}", ours, server)
