"""How far MLflow is behind, for people and for readiness: information, never a reason to be unready."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.application import create_app
from api.services import EXTENSION
from results.database import Database
from settings import Settings
from tests.tracking.stored_sweeps import store_sweep
from tracking import tracker
from tracking.schema import prepare
from tracking.tracker import track


@pytest.fixture
def tracked(api_settings: Settings, tmp_path: Any) -> Settings:
    tracker._patience.clear()
    return replace(api_settings, mlflow_tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")


@pytest.fixture
def served(tracked: Settings):
    app = create_app(tracked)
    yield app.test_client()
    app.extensions[EXTENSION].close()


def mlflow_check(http: FlaskClient) -> dict[str, str]:
    ready = http.get("/readyz")
    assert ready.status_code == 200
    return next(check for check in ready.get_json()["checks"] if check["name"] == "mlflow")


def test_without_an_address_there_is_nothing_to_be_behind(http: FlaskClient) -> None:
    assert mlflow_check(http)["status"] == "ok"
    assert http.get("/api/v1/tracking").get_json()["enabled"] is False


def test_the_lag_its_reason_and_its_end_are_told(served: FlaskClient, database: Database, tracked: Settings) -> None:
    store_sweep(database)
    assert "has not run yet" in mlflow_check(served)["detail"]
    track(database, tracked)
    first = served.get("/api/v1/tracking").get_json()
    assert (first["enabled"], first["sweeps"], first["trials"]) == (True, 1, 8)
    assert "there is no MLflow database" in first["error"]
    assert first["oldest_end"] is not None
    check = mlflow_check(served)
    assert check["status"] == "warning"
    assert check["detail"].startswith("lacks something of 1 sweep, 8 trials; the first ended at 2026-03-01 12:01 UTC: ")
    time.sleep(0.01)
    track(database, tracked)
    assert served.get("/api/v1/tracking").get_json()["error_since"] == first["error_since"]
    prepare(tracked.mlflow_tracking_uri)
    track(database, tracked, seconds=400)
    last = served.get("/api/v1/tracking").get_json()
    assert (last["sweeps"], last["trials"], last["error"], last["error_since"]) == (0, 0, None, None)
    assert mlflow_check(served) == {"name": "mlflow", "status": "ok", "detail": "has all there is"}


def test_a_count_has_an_end(served: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("results.reads.tracking.MOST_COUNTED", 5)
    monkeypatch.setattr("api.views.tracking.MOST_COUNTED", 5)
    store_sweep(database)
    assert served.get("/api/v1/tracking").get_json()["trials"] == 5
    assert "5 or more trials" in mlflow_check(served)["detail"]


def test_an_idle_tracker_writes_its_row_twice_a_minute_at_most(database: Database, tracked: Settings) -> None:
    prepare(tracked.mlflow_tracking_uri)
    seen = set()
    for _ in range(5):
        track(database, tracked)
        with database.read() as connection:
            seen.add(connection.execute(text("SELECT passed_at FROM tracker")).scalar_one())
    assert len(seen) <= 2
