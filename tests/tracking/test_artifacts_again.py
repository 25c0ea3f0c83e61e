"""Artifacts are told once, and again where that is needed; nothing about them holds up the metrics."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from sqlalchemy import event, select, update

from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import trials
from settings import Settings
from tests.tracking.trained_sweep import folder_contents, row, train_sweep
from tracking import tracker
from tracking.bulk.connection import transaction
from tracking.gone import forget
from tracking.tracker import track


def test_a_second_pass_sends_no_artifacts_and_sending_again_changes_nothing(
    sqlite_database: Database,
    bulk_settings: Settings,
    tmp_path: Path,
    contents: Callable[[str], dict[str, list[tuple[Any, ...]]]],
) -> None:
    own = replace(bulk_settings, mlflow_artifacts_root=str(tmp_path / "artifacts"))
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    rows, files = contents(own.mlflow_tracking_uri), folder_contents(own)
    assert len(rows["logged_models"]) == 1
    assert track(sqlite_database, own).sent_artifacts == 0
    forget(sqlite_database, sweep_id)
    assert track(sqlite_database, own).sent_artifacts == 1
    assert contents(own.mlflow_tracking_uri) == rows
    assert folder_contents(own) == files


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


OUTSIDE = ["mlflow-artifacts:/../outside", "mlflow-artifacts:/a/../../outside", "{tmp}/outside", "file://{tmp}/outside"]
OUTSIDE += ["{tmp}/art/../outside", "mlflow-artifacts:/%2e%2e/outside", "mlflow-artifacts://host/../../outside"]
OUTSIDE += ["mlflow-artifacts:/linked/outside", "outside"]


@pytest.mark.parametrize("location", OUTSIDE)
def test_nothing_is_written_outside_the_root_wherever_an_experiment_points(
    sqlite_database: Database,
    own: Settings,
    store: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    location: str,
) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "linked").symlink_to(tmp_path / "away")
    monkeypatch.chdir(tmp_path / "away")
    client = MlflowClient(own.mlflow_tracking_uri)
    client.create_experiment("convergence")
    with sqlite3.connect(own.mlflow_tracking_uri.removeprefix("sqlite:///")) as connection:
        place = location.format(tmp=tmp_path)
        connection.execute("UPDATE experiments SET artifact_location = ? WHERE name = 'convergence'", (place,))
    connection.close()
    store(sqlite_database, learning_rates=(0.5,), layers=((32,),), replicates=1)
    before = {path for path in tmp_path.rglob("*") if "art" not in path.relative_to(tmp_path).parts}
    report = track(sqlite_database, own)
    after = {path for path in tmp_path.rglob("*") if "art" not in path.relative_to(tmp_path).parts}
    assert {path for path in after - before if ".db" not in path.name} == set()
    assert (report.sent_artifacts, report.sent_trials) == (0, 1)
    assert not any((tmp_path / "away").iterdir())


def test_a_hosted_mlflow_does_not_have_files_of_this_machine_written(
    sqlite_database: Database, server_settings: Settings, store: Callable[..., int], tmp_path: Path
) -> None:
    client = MlflowClient(server_settings.mlflow_tracking_uri)
    client.create_experiment("elsewhere", str(tmp_path / "outside"))
    store(sqlite_database, project="elsewhere", learning_rates=(0.5,), layers=((32,),), replicates=1)
    report = track(sqlite_database, replace(server_settings, mlflow_artifacts_root=str(tmp_path / "art")))
    assert (report.sent_artifacts, report.sent_trials) == (0, 1)
    assert not (tmp_path / "outside").exists()


def test_artifacts_of_twice_the_sweeps_take_twice_the_transactions(
    sqlite_database: Database, own: Settings, store: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracking.bulk import artifacts

    begun: list[str] = []

    def counted(engine: Any, uri: str) -> Any:
        begun.append(uri)
        return transaction(engine, uri)

    monkeypatch.setattr(artifacts, "transaction", counted)
    counts = []
    for number in (2, 4):
        for _ in range(number):
            store(sqlite_database, learning_rates=(0.5,), layers=((32,),), replicates=1)
        assert track(sqlite_database, own).sent_artifacts == number
        counts.append(len(begun))
        begun.clear()
    assert counts[1] <= 2 * counts[0]


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


def test_artifacts_wait_until_the_metrics_were_sent(sqlite_database: Database, own: Settings) -> None:
    train_sweep(sqlite_database)
    report = track(sqlite_database, own, seconds=0)
    assert report.sent_artifacts == 0


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


def test_a_crash_at_any_upload_or_statement_is_made_good(
    sqlite_database: Database,
    own: Settings,
    contents: Callable[[str], dict[str, list[tuple[Any, ...]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Sizes are told to the planner once in so many runs: not among the steps that every pass takes.
    monkeypatch.setattr("tracking.bulk.sender._runs_since", {own.mlflow_tracking_uri: -(10**9)})
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
