"""Artifacts of ended sweeps, on a real MLflow server: there, right, told once, told again where the sweep goes on."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
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


def diverged(database: Database, sweep_id: int) -> list[int]:
    with database.read() as connection:
        query = select(trials.c.id).where(trials.c.sweep_id == sweep_id, trials.c.outcome == "diverged")
        return list(connection.execute(query).scalars())


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


def test_the_file_and_the_table_say_what_sql_says(sqlite_database: Database, own: Settings) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    files = {path.name: path for path in Path(own.mlflow_artifacts_root).rglob("*") if "models" not in path.parts}
    document = yaml.safe_load(files["sweep.yaml"].read_text())
    assert document == row(sqlite_database, sweep_id).document
    assert parse(document, BUILT_IN, 1000).replicates == 2
    table = json.loads(files["comparison.json"].read_text())
    lines = list(csv.DictReader(io.StringIO(files["comparison.csv"].read_text())))
    assert [line["learning_rate"] for line in lines] == [
        str(cells[table["columns"].index("learning_rate")]) for cells in table["data"]
    ]
    assert [line["rank"] for line in lines] == ["1", "2", "3"]
    lost = diverged(sqlite_database, sweep_id)
    assert sum(float(line["diverged_share"]) * 2 for line in lines) == len(lost) > 0
    assert lines[-1]["best_validation_cost"] == ""
    best = best_row(sqlite_database, sweep_id)
    low, high = float(lines[0]["best_lower_quartile"]), float(lines[0]["best_upper_quartile"])
    assert best.best_validation_cost <= low <= float(lines[0]["best_validation_cost"]) <= high
    page = files["comparison.html"].read_text()
    assert "<td>the best</td>" in page
    assert f"{100 * float(lines[-1]['diverged_share']):.0f}%" in page
    assert files["cost_curves.png"].read_bytes().startswith(b"\x89PNG")


def test_a_second_pass_sends_no_artifacts_and_sending_again_changes_nothing(
    sqlite_database: Database, own: Settings, contents: Callable[[str], dict[str, list[tuple[Any, ...]]]]
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    rows, files = contents(own.mlflow_tracking_uri), folder_contents(own)
    assert len(rows["logged_models"]) == 1
    assert track(sqlite_database, own).sent_artifacts == 0
    with sqlite_database.write() as connection:
        forget(connection, sweep_id)
    assert track(sqlite_database, own).sent_artifacts == 1
    assert contents(own.mlflow_tracking_uri) == rows
    assert folder_contents(own) == files


def folder_contents(settings: Settings) -> dict[str, bytes]:
    root = Path(settings.mlflow_artifacts_root)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_an_extended_sweep_gets_new_artifacts_and_keeps_the_earlier_model(
    sqlite_database: Database, own: Settings
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    before = folder_contents(own)
    more = extend(sqlite_database, sweep_id, epochs=30)
    assert track(sqlite_database, own).sent_artifacts == 0
    train_these(sqlite_database, Settings(database_url=sqlite_database.url), more)
    assert track(sqlite_database, own).sent_artifacts == 1
    after = folder_contents(own)
    assert before.keys() < after.keys()
    changed = {Path(name).name for name in before if before[name] != after[name]}
    assert changed >= {"sweep.yaml", "cost_curves.png", "comparison.csv", "MLmodel", "network.npz"}
    client = MlflowClient(own.mlflow_tracking_uri)
    outputs = client.get_run(row(sqlite_database, sweep_id).mlflow_run_id).outputs.model_outputs
    assert sorted(one.step for one in outputs) == [12, 30]
    best = best_row(sqlite_database, sweep_id)
    assert client.get_run(row(sqlite_database, sweep_id).mlflow_run_id).data.tags["backsweep.model"].endswith("30")
    assert client.get_run(best.mlflow_run_id).outputs is not None


def test_an_emptied_mlflow_gets_its_artifacts_again(
    sqlite_database: Database, own: Settings, prepared_sqlite: Path
) -> None:
    train_sweep(sqlite_database)
    track(sqlite_database, own)
    before = folder_contents(own)
    shutil.copy(prepared_sqlite, own.mlflow_tracking_uri.removeprefix("sqlite:///"))
    shutil.rmtree(own.mlflow_artifacts_root)
    report = track(sqlite_database, own)
    assert (report.forgotten_sweeps, report.sent_artifacts) == (1, 1)
    assert folder_contents(own) == before


def test_without_a_shared_folder_nothing_is_made_and_nothing_fails(
    sqlite_database: Database, sqlite_settings: Settings
) -> None:
    sweep_id = train_sweep(sqlite_database)
    report = track(sqlite_database, sqlite_settings)
    assert (report.error, report.sent_artifacts) == (None, 0)
    assert row(sqlite_database, sweep_id).tracked_artifacts is None


def test_a_folder_that_cannot_be_written_holds_up_no_curve(
    sqlite_database: Database, own: Settings, store: Callable[..., int], tmp_path: Path
) -> None:
    train_sweep(sqlite_database)
    (tmp_path / "art").write_text("in the way")
    report = track(sqlite_database, own)
    assert "artifacts cannot be written" in (report.error or "")
    assert (report.sent_trials, report.sent_artifacts, report.pending_trials) == (6, 0, 0)
    store(sqlite_database, name="next", project="next", state="running")
    report = track(sqlite_database, own)
    assert (report.sent_trials, report.error) == (8, None)
    (tmp_path / "art").unlink()
    tracker._patience.clear()
    assert track(sqlite_database, own).sent_artifacts == 1


def test_a_best_trial_whose_run_was_deleted_leaves_the_sweep_its_own_artifacts(
    sqlite_database: Database, own: Settings
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, replace_root(own))
    client, best = MlflowClient(own.mlflow_tracking_uri), best_row(sqlite_database, sweep_id)
    client.delete_run(best.mlflow_run_id)
    report = track(sqlite_database, own)
    assert (report.error, report.sent_artifacts) == (None, 1)
    names = {Path(name).name for name in folder_contents(own)}
    assert names == PARENT - {"model"}


def replace_root(settings: Settings) -> Settings:
    return Settings(mlflow_tracking_uri=settings.mlflow_tracking_uri)


@pytest.mark.parametrize(
    ("weights", "reason"), [(None, "its weights were not kept"), (b"torn", "its weights cannot be read")], ids=str
)
def test_a_best_trial_without_weights_says_so(
    sqlite_database: Database, own: Settings, weights: bytes | None, reason: str
) -> None:
    sweep_id = train_sweep(sqlite_database)
    with sqlite_database.write() as connection:
        if weights is None:
            connection.execute(delete(checkpoints))
        else:
            connection.execute(update(checkpoints).values(state=weights))
    assert track(sqlite_database, own).sent_artifacts == 1
    client = MlflowClient(own.mlflow_tracking_uri)
    parent = client.get_run(row(sqlite_database, sweep_id).mlflow_run_id)
    assert reason in parent.data.tags["backsweep.model"]
    assert "cost_curves.png" in {Path(name).name for name in folder_contents(own)}


def test_a_sweep_in_which_everything_failed_or_diverged_has_its_comparison_all_the_same(
    sqlite_database: Database, own: Settings, store: Callable[..., int]
) -> None:
    train_sweep(sqlite_database, learning_rate=[1e5, 1e6])
    store(sqlite_database, name="failed", state="failed")
    store(sqlite_database, name="cancelled", state="cancelled", last_epoch=-1)
    report = track(sqlite_database, own)
    assert (report.error, report.sent_artifacts) == (None, 3)
    assert sum(Path(name).name == "comparison.csv" for name in folder_contents(own)) == 3


def test_artifacts_wait_until_the_metrics_were_sent(sqlite_database: Database, own: Settings) -> None:
    train_sweep(sqlite_database)
    report = track(sqlite_database, own, seconds=0)
    assert report.sent_artifacts == 0


def test_nothing_is_written_beside_the_folder(
    sqlite_database: Database, own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_sweep(sqlite_database)
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    assert track(sqlite_database, own).sent_artifacts == 1
    assert list((tmp_path / "cwd").iterdir()) == []


def test_a_crash_at_any_upload_or_statement_is_made_good(
    sqlite_database: Database,
    own: Settings,
    contents: Callable[[str], dict[str, list[tuple[Any, ...]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweep_id = train_sweep(sqlite_database)
    with monkeypatch.context() as watching:
        steps = fail_at(watching, 0)
        assert track(sqlite_database, own).sent_artifacts == 1
    whole, files = contents(own.mlflow_tracking_uri), folder_contents(own)
    assert steps[0] < -12
    for number in range(1, -steps[0] + 1):
        undo(sqlite_database, own, sweep_id)
        with monkeypatch.context() as broken:
            fail_at(broken, number)
            assert "pulled the plug" in (track(sqlite_database, own).error or "")
        tracker._patience.clear()
        assert track(sqlite_database, own).error is None
        assert contents(own.mlflow_tracking_uri) == whole
        assert folder_contents(own) == files


def undo(database: Database, settings: Settings, sweep_id: int) -> None:
    """As before the artifacts were sent."""
    shutil.rmtree(settings.mlflow_artifacts_root)
    from sqlalchemy import create_engine, text

    engine = create_engine(settings.mlflow_tracking_uri)
    with engine.begin() as connection:
        for name in ("logged_model_metrics", "logged_model_params", "logged_model_tags", "logged_models"):
            connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text("DELETE FROM inputs WHERE source_type = 'RUN_OUTPUT'"))
        keys = "('mlflow.loggedArtifacts', 'backsweep.model', 'backsweep.best_trial')"
        connection.execute(text(f"DELETE FROM tags WHERE key IN {keys}"))
    engine.dispose()
    with database.write() as connection:
        connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(tracked_artifacts=None))


def fail_at(patch: pytest.MonkeyPatch, number: int) -> list[int]:
    """Fail at this upload or statement of the artifacts, counted from 1; the count that comes back goes down."""
    import sqlite3

    from sqlalchemy import Engine

    from tracking.bulk import artifacts

    left = [number]

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise sqlite3.OperationalError("somebody pulled the plug")

    real = artifacts.get_artifact_repository

    def uploading(place: str) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError("somebody pulled the plug")
        return real(place)

    writing = artifacts.ArtifactWriter.write

    def watched(self: Any, content: Any) -> bool:
        engine: Engine = self._engine
        event.listen(engine, "before_cursor_execute", lambda *_: step())
        return writing(self, content)

    patch.setattr(artifacts, "get_artifact_repository", uploading)
    patch.setattr(artifacts.ArtifactWriter, "write", watched)
    return left


def test_the_weights_of_the_model_are_those_of_the_last_checkpoint(sqlite_database: Database, own: Settings) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    stored = TrialState.from_bytes(best_row(sqlite_database, sweep_id).weights)
    for path in Path(own.mlflow_artifacts_root).rglob("network.npz"):
        with np.load(path) as archive:
            for name in ("weights_1", "bias_1", "weights_2", "bias_2"):
                np.testing.assert_array_equal(archive[name], stored.arrays[name])


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


def test_metrics_have_their_turn_while_the_artifacts_of_a_large_sweep_are_made(
    sqlite_database: Database, own: Settings, store: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracking.artifacts import making

    real, seen = making.make, []

    def slow(database: Database, sweep: Any) -> Any:
        """While it is at work another sweep begins; it goes on once MLflow knows that one's trials."""
        other = store(database, name="next", project="next", state="running")
        for _ in range(3000):
            with database.read() as connection:
                told = select(trials.c.tracked_epoch).where(trials.c.sweep_id == other)
                seen[:] = connection.execute(told).scalars()
            if set(seen) == {4}:
                break
            time.sleep(0.1)
        return real(database, sweep)

    monkeypatch.setattr(making, "make", slow)
    train_sweep(sqlite_database)
    report = track(sqlite_database, own)
    assert seen == [4] * 8
    assert (report.error, report.sent_artifacts, report.sent_trials) == (None, 1, 6 + 8)


def test_a_sweep_whose_artifacts_cannot_be_made_does_not_hold_up_the_others(
    sqlite_database: Database, own: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tracking.artifacts import making

    first, second = train_sweep(sqlite_database), train_sweep(sqlite_database)
    real = making.make

    def faulty(database: Database, sweep: Any) -> Any:
        if sweep.sweep_id == second:
            raise ValueError("nobody thought of this")
        return real(database, sweep)

    monkeypatch.setattr(making, "make", faulty)
    report = track(sqlite_database, own)
    assert (report.error, report.sent_artifacts) == (None, 1)
    assert "nobody thought of this" in caplog.text
    assert row(sqlite_database, first).tracked_artifacts is not None
    assert row(sqlite_database, second).tracked_artifacts is None
