"""A deployment for each test, with everything fast so that tests wait for little, but leases that outlast a stall."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from settings import Settings
from tests.faults.deployment import Deployment
from tests.faults.stack import SHORT, Stack
from tracking.schema import prepare


@pytest.fixture
def settings(database_url, broker) -> Settings:
    return Settings(
        database_url=database_url,
        broker_url=broker.url,
        lease_seconds=120.0,
        flush_seconds=0.1,
        checkpoint_seconds=0.4,
        recovery_seconds=0.4,
        resend_seconds=1.0,
    )


@pytest.fixture
def deployment(settings, database, tmp_path) -> Iterator[Deployment]:
    logs = tmp_path / "logs"
    logs.mkdir()
    deployment = Deployment(settings, database, logs)
    yield deployment
    deployment.group.stop()


@pytest.fixture(scope="session")
def mlflow_tables(tmp_path_factory) -> Path:
    """MLflow's tables in an SQLite file, to be copied: making them takes seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def stack_settings(settings, tmp_path, mlflow_tables) -> Settings:
    """Short times, MLflow's database beside the results, and a directory for failpoints."""
    shutil.copy(mlflow_tables, tmp_path / "mlflow.db")
    (tmp_path / "failpoints").mkdir()
    places = {"mlflow_tracking_uri": f"sqlite:///{tmp_path}/mlflow.db", "failpoints": str(tmp_path / "failpoints")}
    return replace(settings, **SHORT, **places)


@pytest.fixture
def stack(stack_settings, database, broker, tmp_path) -> Iterator[Stack]:
    """The whole service."""
    logs = tmp_path / "logs"
    logs.mkdir()
    stack = Stack(stack_settings, database, logs, broker)
    yield stack
    stack.group.stop()
