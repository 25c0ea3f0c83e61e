"""The API over real databases. Redis is away unless a test asks for it: everything here must work without it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.application import create_app
from api.services import EXTENSION
from results.database import Database, open_database
from settings import Settings
from tests.services.brokers import Broker
from worker.queue import Queue

NO_REDIS = "redis://127.0.0.1:1/0"
SWEEP: dict[str, Any] = {
    "name": "small",
    "project": "tests",
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"values": [[4], [4, 4]]},
        "learning_rate": {"values": [0.1, 1.0, 1e5]},
        "activation": {"value": "relu"},
        "cost": {"value": "mean_squared_error"},
        "output_activation": {"value": "identity"},
        "epochs": {"value": 4},
    },
    "backsweep": {"replicates": 2, "seed": 5, "targets": [0.2, 0.01]},
}


@pytest.fixture
def api_settings(database: Database) -> Settings:
    return Settings(database_url=database.url, broker_url=NO_REDIS, mlflow_ui_url="http://127.0.0.1:8701")


@pytest.fixture
def app(api_settings: Settings) -> Iterator[APIFlask]:
    made = create_app(api_settings)
    yield made
    made.extensions[EXTENSION].close()


@pytest.fixture
def http(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def train(api_settings: Settings) -> Callable[[int], None]:
    """Do all jobs of a sweep here and now, as workers would."""
    return lambda sweep_id: do_jobs(api_settings, sweep_id)


def do_jobs(settings: Settings, sweep_id: int) -> None:
    from worker.train_job import train_job

    database = open_database(settings.database_url)
    with database.read() as connection:
        query = text("SELECT id FROM jobs WHERE sweep_id = :sweep ORDER BY id")
        job_ids = [row.id for row in connection.execute(query, {"sweep": sweep_id})]
    for job_id in job_ids:
        train_job(database, settings, job_id, "test")
    database.dispose()


@dataclass(frozen=True)
class Trained:
    """A service with one sweep that has finished, for many tests that only read."""

    http: FlaskClient
    sweep: dict[str, Any]
    database: Database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database for all tests of a module: migrating one for each takes longer than most of them."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("module") / "results.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite_file"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgresql_server").migrated_database()
    yield Settings(database_url=url, broker_url=NO_REDIS, mlflow_ui_url="http://127.0.0.1:8701")
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server").drop(url)


@pytest.fixture(scope="module")
def shared_http(module_settings: Settings) -> Iterator[FlaskClient]:
    """A service for the tests of a module that store nothing."""
    app = create_app(module_settings)
    yield app.test_client()
    app.extensions[EXTENSION].close()


@pytest.fixture(scope="module")
def trained(shared_http: FlaskClient, module_settings: Settings) -> Iterator[Trained]:
    """`SWEEP`, submitted and trained, once for a module and kind of database."""
    created = shared_http.post("/api/v1/sweeps", json=SWEEP)
    assert created.status_code == 201, created.text
    do_jobs(module_settings, created.get_json()["id"])
    sweep = shared_http.get(created.headers["Location"]).get_json()
    assert sweep["state"] == "finished"
    database = open_database(module_settings.database_url)
    yield Trained(shared_http, sweep, database)
    database.dispose()


@pytest.fixture
def http_with_broker(api_settings: Settings, broker: Broker) -> Iterator[FlaskClient]:
    made = create_app(replace(api_settings, broker_url=broker.url))
    made.extensions[EXTENSION].queue = Queue(broker.url, patience=60)  # a stall is no reason to send nothing
    yield made.test_client()
    made.extensions[EXTENSION].close()
