"""Trials that were taken over are mirrored like any other: whole histories, at the recorded times."""

from __future__ import annotations

from typing import Any

from engine.data.catalog import BUILT_IN
from results.database import Database
from results.writes.sweeps import create
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tracking.tracker import track
from worker.train_job import train_job

ASKED: dict[str, Any] = {
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "learning_rate": {"values": [0.1, 0.5]},
        "epochs": {"value": 4},
    },
    "backsweep": {"replicates": 2, "reuse": True, "targets": [0.9]},
}


def submit(database: Database) -> tuple[int, ...]:
    with database.write() as connection:
        return create(connection, plan(parse(ASKED, BUILT_IN, 100), BUILT_IN), ASKED, BUILT_IN, 3).job_ids


def histories(settings: Settings, sweep_id: int) -> dict[str, Any]:
    """Of each child run by its configuration and replicate: state, times, parameters and every metric's history."""
    from mlflow import MlflowClient

    client = MlflowClient(settings.mlflow_tracking_uri)
    experiment = client.get_experiment_by_name("backsweep").experiment_id
    mine = f"tags.`backsweep.sweep` = '{sweep_id}' and tags.`backsweep.kind` = 'trial'"
    found = {}
    for run in client.search_runs([experiment], mine):
        tags, info = run.data.tags, run.info
        points = {
            key: [(one.step, one.timestamp, one.value) for one in client.get_metric_history(info.run_id, key)]
            for key in run.data.metrics
        }
        place = tags["backsweep.configuration"], tags["backsweep.replicate"], tags.get("backsweep.reused_from")
        found["/".join(map(str, place))] = (info.status, info.start_time, info.end_time, run.data.params, points)
    return found


def test_they_have_the_donors_histories_and_times_and_name_the_donor(
    sqlite_database: Database, sqlite_settings: Settings
) -> None:
    settings = Settings(database_url=sqlite_database.url, lease_seconds=600.0)
    for job_id in submit(sqlite_database):
        train_job(sqlite_database, settings, job_id, "test")
    assert submit(sqlite_database) == ()
    report = track(sqlite_database, sqlite_settings)
    assert (report.error, report.pending_sweeps, report.sent_trials) == (None, 0, 8)
    trained, taken = histories(sqlite_settings, 1), histories(sqlite_settings, 2)
    assert sorted(trained) == ["0/0/None", "0/1/None", "1/0/None", "1/1/None"]
    assert sorted(taken) == ["0/0/1", "0/1/2", "1/0/3", "1/1/4"]
    assert [taken[key] for key in sorted(taken)] == [trained[key] for key in sorted(trained)]
    assert all(len(points["validation_cost"]) == 5 for *_, points in taken.values())
