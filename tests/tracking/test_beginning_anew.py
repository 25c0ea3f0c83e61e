"""A retry or an extension that comes while MLflow is being told of an end: the second end is told too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from results.database import Database
from results.reads import sweeps as reads
from results.reads.tracking import lag
from results.values import SweepView
from results.writes import extending, jobs, moves
from results.writes.extending import LargerSweep, SweepSoFar
from settings import Settings
from sweeps.extending import Extension, Missing, with_epochs
from tests.results.samples import SPEC, claim, flush_of, plan_of, store, train
from tests.worker.small_sweeps import submit, train_all
from tests.worker.test_extending import extend
from tracking.gone import forget
from tracking.passes import Pass
from tracking.tracker import track
from worker.train_job import train_job


def seen(database: Database, sweep_id: int) -> SweepView:
    with database.read() as connection:
        return reads.find(connection, sweep_id)


def once_after(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], Any]) -> None:
    """Let `act` happen once, after MLflow was told in this step of a pass and before the watermarks move."""
    from tracking.bulk.sender import BulkSender

    true, of_trials, acted = BulkSender.send, step == "_send_trials", []

    def send(self: BulkSender, experiment: str, runs: Any, deadline: float) -> Any:
        sent = true(self, experiment, runs, deadline)
        ended = any(run.end_time is not None for run in runs)
        if ended and not acted and of_trials == any("backsweep.trial" in run.labels for run in runs):
            acted.append(act())
        return sent

    monkeypatch.setattr(BulkSender, "send", send)


def runs_of(settings: Settings, project: str) -> dict[str, Any]:
    client = MlflowClient(settings.mlflow_tracking_uri)
    experiment = client.get_experiment_by_name(project).experiment_id
    return {run.data.tags["backsweep.kind"]: run for run in client.search_runs([experiment])}


@pytest.mark.parametrize("step", ["_send_parent", "_send_trials"])
def test_a_retry_that_fails_again_is_told_with_its_own_end(
    database: Database, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    assert hasattr(Pass, step)
    created = store(database, plan_of([{}]), max_attempts=1)

    def fail(error: str) -> None:
        held = claim(database, created.job_ids[0])
        with database.write() as connection:
            jobs.append(connection, held, flush_of(held, [0, 1]), 60)
            jobs.release(connection, held, error, retry=False)

    def retry() -> None:
        with database.write() as connection:
            moves.retry(connection, created.sweep_id, 1)

    fail("the first time")
    once_after(monkeypatch, step, retry)
    assert track(database, sqlite_settings).error is None
    assert seen(database, created.sweep_id).state == "running"
    fail("the second time")
    with database.read() as connection:
        assert lag(connection).sweeps == 1
    assert track(database, sqlite_settings).error is None
    found, sweep = runs_of(sqlite_settings, "tests"), seen(database, created.sweep_id)
    assert found["trial"].data.tags["backsweep.error"] == "the second time"
    assert sweep.finished_at is not None
    assert found["sweep"].info.end_time == int(sweep.finished_at.timestamp() * 1000)
    assert {run.info.status for run in found.values()} == {"FAILED"}


def test_an_extension_that_comes_meanwhile_is_told_to_its_end(
    sqlite_database: Database, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=sqlite_database.url, lease_seconds=600.0)
    created = submit(sqlite_database, epochs=3, learning_rate=0.1)
    train_job(sqlite_database, settings, created.job_ids[0], "test")
    queued: list[int] = []
    once_after(monkeypatch, "_send_parent", lambda: queued.extend(extend(sqlite_database, created.sweep_id, epochs=5)))
    assert track(sqlite_database, sqlite_settings).error is None
    train_job(sqlite_database, settings, queued[0], "test")
    assert track(sqlite_database, sqlite_settings).error is None
    found, sweep = runs_of(sqlite_settings, "tests"), seen(sqlite_database, created.sweep_id)
    assert sweep.finished_at is not None
    assert found["sweep"].info.end_time == int(sweep.finished_at.timestamp() * 1000)
    assert sweep.tracked_state == "finished"


@pytest.mark.parametrize("wish", [{"epochs": 5}, {"replicates": 4}, {"parameters": {"learning_rate": [0.3]}}])
def test_an_extended_sweep_is_shown_as_if_it_had_been_sent_today(
    sqlite_database: Database,
    bulk_settings: Settings,
    tmp_path: Path,
    prepared_sqlite: Path,
    contents: Callable[[str], dict[str, list[tuple[Any, ...]]]],
    wish: dict[str, Any],
) -> None:
    settings = Settings(database_url=sqlite_database.url, lease_seconds=600.0)
    created = submit(sqlite_database, epochs=2, learning_rate=[0.1, 0.5])
    train_all(sqlite_database, settings, created)
    track(sqlite_database, bulk_settings)
    for job_id in extend(sqlite_database, created.sweep_id, **wish):
        train_job(sqlite_database, settings, job_id, "test")
    assert track(sqlite_database, bulk_settings).error is None
    extended = contents(bulk_settings.mlflow_tracking_uri)
    forget(sqlite_database, created.sweep_id)
    shutil.copy(prepared_sqlite, tmp_path / "fresh.db")
    fresh = Settings(mlflow_tracking_uri=f"sqlite:///{tmp_path}/fresh.db")
    assert track(sqlite_database, fresh).error is None
    today = contents(fresh.mlflow_tracking_uri)
    for table in ("params", "latest_metrics", "inputs"):
        assert _without_links(extended[table]) == _without_links(today[table])
    assert {row[:2] for row in extended["tags"]} == {row[:2] for row in today["tags"]}


def _without_links(rows: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Rows but for addresses within MLflow's pages and when a last value was sent."""
    return {row[:2] if len(row) == 3 and "#/" in str(row) else row[:-3] for row in rows}


def test_an_end_that_still_stands_is_told_once(database: Database, sqlite_settings: Settings) -> None:
    created = store(database, plan_of([{}]))
    train(database, created.job_ids[0])
    assert track(database, sqlite_settings).sent_trials == 1
    again = track(database, sqlite_settings)
    assert (again.sent_sweeps, again.sent_trials) == (0, 0)
    assert seen(database, created.sweep_id).tracked_state == "finished"


@pytest.mark.parametrize("ends", ["cancel", "stop"])
def test_an_extension_that_is_given_up_leaves_mlflow_the_results_of_before(
    database: Database, sqlite_settings: Settings, ends: str
) -> None:
    created = store(database, plan_of([{}]), document={"name": "small", "parameters": {}})
    train(database, created.job_ids[0])
    assert track(database, sqlite_settings).error is None
    before = runs_of(sqlite_settings, "tests")

    def longer(so_far: SweepSoFar) -> LargerSweep:
        return LargerSweep(with_epochs(so_far.document, 9), SPEC, Missing((), (), 9), Extension(epochs=9))

    with database.write() as connection:
        extending.extend(connection, created.sweep_id, longer, {}, 3)
    assert track(database, sqlite_settings).error is None
    assert runs_of(sqlite_settings, "tests")["trial"].info.status != "FINISHED"
    held = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [4, 5]), 60)
    assert track(database, sqlite_settings).error is None
    with database.write() as connection:
        jobs.hand_back(connection, held)
        getattr(moves, ends)(connection, created.sweep_id)
    assert track(database, sqlite_settings).error is None
    after, sweep = runs_of(sqlite_settings, "tests"), seen(database, created.sweep_id)
    assert (after["trial"].info.status, after["trial"].info.end_time) == ("FINISHED", before["trial"].info.end_time)
    assert after["sweep"].info.status == {"cancel": "KILLED", "stop": "FINISHED"}[ends]
    assert sweep.tracked_state == sweep.state
    for name, value in before["trial"].data.metrics.items():
        if name.startswith(("best_", "epochs_to", "seconds", "diverged")):
            assert after["trial"].data.metrics[name] == value
    with database.read() as connection:
        assert lag(connection).sweeps == 0
