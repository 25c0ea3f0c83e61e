"""MLflow down, frozen, emptied, of another version, or with runs deleted by hand: reported, caught up or left alone."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from sqlalchemy import select

from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import trials
from settings import Settings
from tracking import tracker
from tracking.backoff import Backoff
from tracking.tracker import track

Store = Callable[..., int]
Contents = Callable[[str], dict[str, list[tuple[Any, ...]]]]


def test_a_missing_database_is_reported_and_caught_up_once_it_is_there(
    sqlite_database: Database, sqlite_settings: Settings, store: Store, tmp_path: Path
) -> None:
    store(sqlite_database)
    path = Path(sqlite_settings.mlflow_tracking_uri.removeprefix("sqlite:///"))
    path.rename(tmp_path / "elsewhere.db")
    report = track(sqlite_database, sqlite_settings)
    assert "no MLflow database" in (report.error or "")
    assert report.pending_trials == 8
    assert not path.exists()
    (tmp_path / "elsewhere.db").rename(path)
    assert track(sqlite_database, sqlite_settings).sent_trials == 8


def test_an_unreachable_postgresql_is_reported(sqlite_database: Database, store: Store) -> None:
    store(sqlite_database)
    report = track(sqlite_database, Settings(mlflow_tracking_uri="postgresql://nobody:secret@127.0.0.1:1/mlflow"))
    assert report.error is not None
    assert "secret" not in report.error
    assert report.pending_trials == 8


def test_an_emptied_database_is_filled_again_from_sql(
    sqlite_database: Database,
    sqlite_settings: Settings,
    store: Store,
    contents: Contents,
    prepared_sqlite: Path,
) -> None:
    store(sqlite_database, name="old")
    store(sqlite_database, name="new", project="other")
    track(sqlite_database, sqlite_settings)
    before = contents(sqlite_settings.mlflow_tracking_uri)
    shutil.copy(prepared_sqlite, sqlite_settings.mlflow_tracking_uri.removeprefix("sqlite:///"))
    report = track(sqlite_database, sqlite_settings)
    assert (report.forgotten_sweeps, report.sent_trials) == (2, 16)
    with sqlite_database.read() as connection:
        assert not connection.execute(select(sweeps.c.id).where(sweeps.c.tracking_doubt)).all()
    after = contents(sqlite_settings.mlflow_tracking_uri)
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert after["metrics"] == before["metrics"]


def test_an_emptied_database_is_filled_again_in_as_many_passes_as_it_takes(
    sqlite_database: Database,
    sqlite_settings: Settings,
    store: Store,
    contents: Contents,
    prepared_sqlite: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each pass has time for a little only, each process forgets what it knew, and a new sweep hides the loss."""
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.runs_per_batch", 2)
    monkeypatch.setattr("tracking.gone._ROWS", 3)
    monkeypatch.setattr("tracking.passes._SLICE", 2)
    for number in range(5):
        store(sqlite_database, name=f"sweep {number}")
    for _ in range(30):
        track(sqlite_database, sqlite_settings)
    shutil.copy(prepared_sqlite, sqlite_settings.mlflow_tracking_uri.removeprefix("sqlite:///"))
    assert track(sqlite_database, sqlite_settings, seconds=0).forgotten_sweeps >= 1
    store(sqlite_database, name="new")
    for _ in range(100):
        report = track(sqlite_database, sqlite_settings, seconds=0)
    assert (report.error, report.pending_sweeps, report.pending_trials) == (None, 0, 0)
    rows = contents(sqlite_settings.mlflow_tracking_uri)
    assert len(rows["runs"]) == 6 * 9
    assert len(rows["metrics"]) == len(set(rows["metrics"]))


def test_a_database_put_back_to_an_older_state_gets_what_it_lost(
    sqlite_database: Database,
    sqlite_settings: Settings,
    store: Store,
    grow: Callable[..., None],
    contents: Contents,
    tmp_path: Path,
) -> None:
    path = sqlite_settings.mlflow_tracking_uri.removeprefix("sqlite:///")
    sweep = store(sqlite_database, state="running", last_epoch=2)
    track(sqlite_database, sqlite_settings)
    with sqlite3.connect(path) as connection:
        (run,) = connection.execute("SELECT run_uuid FROM tags WHERE key='backsweep.trial' AND value='2'").fetchone()
        for table in ("tags", "params", "metrics", "latest_metrics", "runs"):
            connection.execute(f"DELETE FROM {table} WHERE run_uuid = ?", (run,))
    connection.close()
    grow(sqlite_database, sweep, 6, "finished")
    track(sqlite_database, sqlite_settings)
    assert sum(row[-1] == run or run in row for row in contents(sqlite_settings.mlflow_tracking_uri)["metrics"]) > 30
    shutil.rmtree(tmp_path / "none", ignore_errors=True)


def test_a_trial_whose_run_its_user_deleted_is_set_aside_and_the_others_go_on(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, state="running", last_epoch=2)
    track(sqlite_database, bulk_settings)
    with sqlite_database.read() as connection:
        run = connection.execute(select(trials.c.mlflow_run_id).where(trials.c.number == 1)).scalar_one()
    MlflowClient(bulk_settings.mlflow_tracking_uri).delete_run(run)
    grow(sqlite_database, sweep, 4, "finished")
    report = track(sqlite_database, bulk_settings)
    assert (report.set_aside, report.sent_trials, report.pending_trials) == (1, 7, 0)
    with sqlite_database.read() as connection:
        errors = connection.execute(select(trials.c.tracking_error).where(trials.c.tracking_error.is_not(None)))
        assert errors.scalars().all() == ["its run was deleted in MLflow"]
    assert MlflowClient(bulk_settings.mlflow_tracking_uri).get_run(run).info.lifecycle_stage == "deleted"


def test_a_sweep_whose_run_its_user_deleted_is_left_alone(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, state="running", last_epoch=2)
    track(sqlite_database, bulk_settings)
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    client.delete_experiment(client.get_experiment_by_name("convergence").experiment_id)
    grow(sqlite_database, sweep, 4, "finished")
    report = track(sqlite_database, bulk_settings)
    assert (report.set_aside, report.sent_trials, report.pending_sweeps) == (1, 0, 0)
    with sqlite_database.read() as connection:
        assert connection.execute(select(sweeps.c.tracking_error)).scalar_one() == "its run was deleted in MLflow"


def test_a_new_sweep_of_a_deleted_project_brings_back_the_experiment_but_not_its_runs(
    sqlite_database: Database, bulk_settings: Settings, store: Store
) -> None:
    store(sqlite_database)
    track(sqlite_database, bulk_settings)
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    experiment = client.get_experiment_by_name("convergence").experiment_id
    client.delete_experiment(experiment)
    sweep = store(sqlite_database, name="fresh")
    assert track(sqlite_database, bulk_settings).error is None
    assert client.get_experiment(experiment).lifecycle_stage == "active"
    runs = client.search_runs([experiment])
    assert {run.data.tags["backsweep.sweep"] for run in runs} == {str(sweep)}
    assert len(runs) == 9


def test_what_a_user_wrote_on_a_run_stays(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, state="running", last_epoch=2)
    track(sqlite_database, bulk_settings)
    with sqlite_database.read() as connection:
        run = connection.execute(select(trials.c.mlflow_run_id).where(trials.c.number == 1)).scalar_one()
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    client.update_run(run, name="the good one")
    client.set_tag(run, "mlflow.note.content", "look at epoch 3")
    grow(sqlite_database, sweep, 4, "finished")
    track(sqlite_database, bulk_settings)
    found = client.get_run(run)
    assert found.info.run_name == "the good one"
    assert found.data.tags["mlflow.runName"] == "the good one"
    assert found.data.tags["mlflow.note.content"] == "look at epoch 3"


def test_tables_of_another_version_are_refused_and_nothing_is_written(
    sqlite_database: Database, sqlite_settings: Settings, store: Store, contents: Contents
) -> None:
    path = sqlite_settings.mlflow_tracking_uri.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    connection.close()
    store(sqlite_database)
    report = track(sqlite_database, sqlite_settings)
    assert "revision ffffffffffff" in (report.error or "")
    assert "3.17" in (report.error or "")
    assert contents(sqlite_settings.mlflow_tracking_uri)["runs"] == []


def test_a_frozen_server_costs_one_timeout_and_is_caught_up_when_it_thaws(
    sqlite_database: Database,
    server_settings: Settings,
    mlflow_server: Any,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracking.backoff._FIRST", 60.0)  # nothing is slow enough to come after this pause
    store(sqlite_database, project="frozen", learning_rates=(0.5,), replicates=1)
    mlflow_server.signal(signal.SIGSTOP)
    try:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
        report = track(sqlite_database, server_settings)
        assert "timeout" in (report.error or "")
        assert report.pending_trials == 2
        assert "waiting" in (track(sqlite_database, server_settings).error or "")
    finally:
        mlflow_server.signal(signal.SIGCONT)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "120")
    tracker._patience.clear()
    assert track(sqlite_database, server_settings).sent_trials == 2


def test_patience_lasts_through_any_number_of_failures() -> None:
    backoff = Backoff()
    waits = []
    for _ in range(1_100):  # 2.0**1024 is beyond a float's range
        backoff.failed("no answer")
        waits.append(round(backoff.remaining()))
    assert waits[:6] == [2, 4, 8, 16, 32, 60]
    assert set(waits[6:]) == {60}


def test_a_server_that_is_down_is_reported(sqlite_database: Database, store: Store) -> None:
    store(sqlite_database)
    report = track(sqlite_database, replace(Settings(), mlflow_tracking_uri="http://127.0.0.1:1"))
    assert report.error is not None
    assert report.pending_trials == 8


def test_an_address_of_no_known_kind_is_reported(sqlite_database: Database, store: Store) -> None:
    store(sqlite_database)
    assert "mysql" in (track(sqlite_database, Settings(mlflow_tracking_uri="mysql://x/y")).error or "")
    assert "must be" in (track(sqlite_database, Settings(mlflow_tracking_uri="./mlruns")).error or "")
