"""Artifacts on a real MLflow server: written beside it or through the client, shown and loaded alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient

from engine.data.loading import load as load_data
from engine.state import TrialState
from results.database import Database
from settings import Settings
from tests.tracking.mlflow_server import MlflowServer
from tests.tracking.trained_sweep import PARENT, best_row, row, shown_artifacts, train_sweep
from tracking import tracker
from tracking.gone import forget
from tracking.model.digest import files_digest, folder_files
from tracking.tracker import track


@pytest.fixture
def shared(mlflow_server: MlflowServer) -> Settings:
    """In bulk beside the server: its database, and the folder that it serves."""
    root = str(mlflow_server.home / "artifacts")
    return Settings(mlflow_tracking_uri=f"sqlite:///{mlflow_server.home}/mlflow.db", mlflow_artifacts_root=root)


@pytest.fixture(autouse=True)
def one_server() -> Iterator[None]:
    yield
    mlflow.set_tracking_uri(None)


@pytest.fixture(autouse=True)
def fresh_project(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests on the one server do not meet each other's project."""
    yield
    if "mlflow_server" in request.fixturenames:
        client = MlflowClient(request.getfixturevalue("mlflow_server").uri)
        experiment = client.get_experiment_by_name("tests")
        if experiment is not None:
            client.rename_experiment(experiment.experiment_id, f"tests, done {experiment.experiment_id}")


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
    assert right.mean() > 0.5  # by chance: a third


def test_both_ways_give_the_same_artifacts(
    sqlite_database: Database, shared: Settings, server_settings: Settings, tmp_path: Path
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, shared)
    uri = server_settings.mlflow_tracking_uri
    in_bulk = shown_artifacts(uri, "tests", tmp_path / "bulk")
    digest = row(sqlite_database, sweep_id).model_sha256
    assert sum(len(run["files"]) for run in in_bulk["runs"].values()) > 10
    experiment = MlflowClient(uri).get_experiment_by_name("tests")
    start_anew(sqlite_database, sweep_id, uri)
    assert row(sqlite_database, sweep_id).model_sha256 is None
    report = track(sqlite_database, server_settings)
    assert (report.error, report.sent_artifacts) == (None, 1)
    assert MlflowClient(uri).get_experiment_by_name("tests").experiment_id != experiment.experiment_id
    through_client = shown_artifacts(uri, "tests", tmp_path / "client")
    assert through_client == in_bulk
    assert row(sqlite_database, sweep_id).model_sha256 == digest
    held = [path for path in (tmp_path / "client").glob("*/model") if path.is_dir()]
    assert [files_digest(folder_files(path)) for path in held] == [digest]
    start_anew(sqlite_database, sweep_id, uri)


def start_anew(database: Database, sweep_id: int, uri: str) -> None:
    """Rename the experiment, so that the next sending makes another, with its runs and models."""
    forget(database, sweep_id)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("tests")
    client.rename_experiment(experiment.experiment_id, f"tests, done {experiment.experiment_id}")
    client.delete_experiment(experiment.experiment_id)


CALLS = ("log_artifacts", "create_logged_model", "log_model_artifacts", "log_outputs", "log_batch")
CALLS += ("search_logged_models", "finalize_logged_model")


def test_answers_of_the_server_that_are_lost_leave_one_model_and_each_output_once(
    sqlite_database: Database, server_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep_id = train_sweep(sqlite_database)
    uri = server_settings.mlflow_tracking_uri
    with monkeypatch.context() as broken:
        left = lose_answer(broken, 1)
        assert "lost" in (track(sqlite_database, server_settings).error or "")
    for number in range(2, 50):
        tracker._patience.clear()
        with monkeypatch.context() as broken:
            left = lose_answer(broken, number)
            report = track(sqlite_database, server_settings)
        if left[0] > 0:
            break
        assert report.sent_artifacts == 0
    assert number > 7
    assert (report.error, report.sent_artifacts) == (None, 1)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("tests").experiment_id
    (model,) = client.search_logged_models([experiment])
    assert str(model.status) == "READY"
    for run_id in (row(sqlite_database, sweep_id).mlflow_run_id, best_row(sqlite_database, sweep_id).mlflow_run_id):
        outputs = client.get_run(run_id).outputs.model_outputs
        assert [(one.model_id, one.step) for one in outputs] == [(model.model_id, 12)]


def lose_answer(patch: pytest.MonkeyPatch, number: int) -> list[int]:
    """Of the calls that send artifacts, let this one succeed on the server and fail here."""
    from mlflow.exceptions import MlflowException

    from tracking.client import sender

    left, sending = [number], [False]
    real_sending = sender.send_artifacts

    def watched(*arguments: Any) -> None:
        sending[0] = True
        real_sending(*arguments)

    for name in CALLS:
        real = getattr(MlflowClient, name)

        def lost(self: Any, *arguments: Any, _real: Any = real, **options: Any) -> Any:
            answer = _real(self, *arguments, **options)
            left[0] -= sending[0]
            if left[0] == 0 and sending[0]:
                left[0] = -1
                raise MlflowException("the answer was lost")
            return answer

        patch.setattr(MlflowClient, name, lost)
    patch.setattr(sender, "send_artifacts", watched)
    return left
