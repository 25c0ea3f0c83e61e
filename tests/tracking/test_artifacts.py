"""Artifacts of ended sweeps, on a real MLflow server: there, right, told once, told again where the sweep goes on."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
import yaml
from mlflow import MlflowClient
from sqlalchemy import delete, event, select, update

from engine.data.catalog import BUILT_IN
from engine.data.loading import load as load_data
from engine.state import TrialState
from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import checkpoints, trials
from results.writes.tracking import forget
from settings import Settings
from sweeps.parsing.sweep import parse
from tests.tracking.mlflow_server import MlflowServer
from tests.tracking.trained_sweep import shown_artifacts, train_sweep
from tests.worker.test_extending import extend, train_these
from tracking import tracker
from tracking.tracker import track

PARENT = {"comparison.csv", "comparison.html", "comparison.json", "cost_curves.png", "model", "sweep.yaml"}


@pytest.fixture
def shared(mlflow_server: MlflowServer) -> Settings:
    """In bulk beside the server: its database, and the folder that it serves."""
    root = str(mlflow_server.home / "artifacts")
    return Settings(mlflow_tracking_uri=f"sqlite:///{mlflow_server.home}/mlflow.db", mlflow_artifacts_root=root)


@pytest.fixture
def own(tmp_path: Path, sqlite_settings: Settings) -> Settings:
    """In bulk into a database of the test's own, read without a server: a folder that needs none."""
    return Settings(
        mlflow_tracking_uri=sqlite_settings.mlflow_tracking_uri, mlflow_artifacts_root=str(tmp_path / "art")
    )


@pytest.fixture(autouse=True)
def one_server() -> Iterator[None]:
    yield
    mlflow.set_tracking_uri(None)


def row(database: Database, sweep_id: int) -> Any:
    with database.read() as connection:
        return connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()


def best_row(database: Database, sweep_id: int) -> Any:
    with database.read() as connection:
        query = select(trials, checkpoints.c.state.label("weights")).join(checkpoints)
        query = query.where(trials.c.sweep_id == sweep_id, trials.c.diverged_epoch.is_(None))
        return connection.execute(query.order_by(trials.c.best_validation_cost)).first()


def test_the_server_shows_files_and_model_of_the_best_trial(
    sqlite_database: Database, shared: Settings, mlflow_server: MlflowServer
) -> None:
    sweep_id = train_sweep(sqlite_database)
    report = track(sqlite_database, shared)
    assert (report.error, report.sent_artifacts) == (None, 1)
    client = MlflowClient(mlflow_server.uri)
    best, parent = best_row(sqlite_database, sweep_id), row(sqlite_database, sweep_id).mlflow_run_id
    assert {entry.path for entry in client.list_artifacts(parent)} == PARENT
    assert [entry.path for entry in client.list_artifacts(best.mlflow_run_id)] == ["cost_curve.png"]
    (model,) = client.get_run(parent).outputs.model_outputs
    assert client.get_run(best.mlflow_run_id).outputs.model_outputs == [model]
    assert (model.step, client.get_logged_model(model.model_id).source_run_id) == (12, best.mlflow_run_id)
    assert client.get_run(parent).data.tags["backsweep.best_trial"] == str(best.id)
    mlflow.set_tracking_uri(mlflow_server.uri)
    inputs = load_data("iris").inputs
    found = [
        mlflow.pyfunc.load_model(address).predict(inputs, params={"raw_outputs": True})
        for address in (f"runs:/{parent}/model", f"runs:/{best.mlflow_run_id}/model", f"models:/{model.model_id}")
    ]
    weights = TrialState.from_bytes(best.weights).arrays
    assert (found[0] == found[1]).all()
    assert (found[0] == found[2]).all()
    assert found[0].shape == (150, weights["weights_2"].shape[0])
    right = mlflow.pyfunc.load_model(f"runs:/{parent}/model").predict(inputs) == load_data("iris").labels.astype(str)
    assert right.mean() > 0.6


def test_both_ways_give_the_same_artifacts(
    sqlite_database: Database, shared: Settings, server_settings: Settings, tmp_path: Path
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, shared)
    uri = server_settings.mlflow_tracking_uri
    in_bulk = shown_artifacts(uri, "tests", tmp_path / "bulk")
    assert sum(len(run["files"]) for run in in_bulk["runs"].values()) > 10
    experiment = MlflowClient(uri).get_experiment_by_name("tests")
    start_anew(sqlite_database, sweep_id, uri)
    report = track(sqlite_database, server_settings)
    assert (report.error, report.sent_artifacts) == (None, 1)
    assert MlflowClient(uri).get_experiment_by_name("tests").experiment_id != experiment.experiment_id
    through_client = shown_artifacts(uri, "tests", tmp_path / "client")
    assert through_client == in_bulk
    start_anew(sqlite_database, sweep_id, uri)


def start_anew(database: Database, sweep_id: int, uri: str) -> None:
    """Rename the experiment, so that the next sending makes another, with its runs and models."""
    with database.write() as connection:
        forget(connection, sweep_id)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("tests")
    client.rename_experiment(experiment.experiment_id, f"tests, done {experiment.experiment_id}")
    client.delete_experiment(experiment.experiment_id)


@pytest.fixture(autouse=True)
def fresh_project(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests on the one server do not meet each other's project."""
    yield
    if "mlflow_server" in request.fixturenames:
        client = MlflowClient(request.getfixturevalue("mlflow_server").uri)
        experiment = client.get_experiment_by_name("tests")
        if experiment is not None:
            client.rename_experiment(experiment.experiment_id, f"tests, done {experiment.experiment_id}")
