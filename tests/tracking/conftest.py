"""Stored sweeps to track, and real MLflows to track them into."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from settings import Settings
from tests.services.postgresql import PostgreSQL
from tests.tracking.mlflow_server import MlflowServer, mlflow_rows
from tests.tracking.stored_sweeps import grow_sweep, store_sweep
from tracking import tracker
from tracking.bulk import connection
from tracking.schema import prepare

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
Store = Callable[..., int]
PASS_SECONDS = 400.0  # the service ends a pass after 10 s and goes on in the next: tests look at one


@pytest.fixture
def store() -> Store:
    """Store a sweep with epochs, as workers would leave it."""
    return store_sweep


@pytest.fixture
def contents() -> Callable[[str], dict[str, list[tuple[Any, ...]]]]:
    """Every row of MLflow's tables about runs, at a database address."""
    return mlflow_rows


@pytest.fixture
def grow() -> Callable[..., None]:
    """Let a stored sweep's trials reach further epochs, or end."""
    return grow_sweep


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's tables in an SQLite file, to be copied: making them takes seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def prepared_postgresql(postgresql_server: PostgreSQL) -> str:
    """The address of a PostgreSQL database with MLflow's tables, to be used as a template."""
    url = postgresql_server.empty_database()
    prepare(url)
    return url


@pytest.fixture
def sqlite_settings(tmp_path: Path, prepared_sqlite: Path) -> Settings:
    """Tracking into an SQLite database of MLflow's."""
    path = tmp_path / "mlflow.db"
    shutil.copy(prepared_sqlite, path)
    return Settings(mlflow_tracking_uri=f"sqlite:///{path}")


@pytest.fixture
def own(tmp_path: Path, sqlite_settings: Settings) -> Settings:
    """In bulk into a database of the test's own, read without a server: a folder that needs none."""
    return Settings(
        mlflow_tracking_uri=sqlite_settings.mlflow_tracking_uri, mlflow_artifacts_root=str(tmp_path / "art")
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def bulk_settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Tracking into a database of MLflow's; each test that uses it runs on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_settings")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    template = make_url(request.getfixturevalue("prepared_postgresql")).database
    name = f"mlflow_{uuid4().hex[:8]}"
    server._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield Settings(mlflow_tracking_uri=server.url(name))
    server.drop(server.url(name))


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory, prepared_sqlite: Path) -> Iterator[MlflowServer]:
    """A real MLflow server over an SQLite database of its own."""
    home = tmp_path_factory.mktemp("server")
    shutil.copy(prepared_sqlite, home / "mlflow.db")
    server = MlflowServer(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server_settings(mlflow_server: MlflowServer) -> Settings:
    """Tracking through the server, with enough patience for a loaded machine."""
    return Settings(mlflow_tracking_uri=mlflow_server.uri)


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Each test meets a tracker that was never disappointed, and time enough on a machine that stalls."""
    tracker._patience.clear()
    with pytest.MonkeyPatch.context() as patch:  # not the test's own, which may undo everything half-way
        patch.setattr(tracker.track, "__defaults__", (PASS_SECONDS,))
        for name in ("_BUSY_SECONDS", "_CONNECT_SECONDS", "_LOCK_SECONDS", "_STATEMENT_SECONDS"):
            patch.setattr(connection, name, 120)
        patch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "120")
        patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        yield
