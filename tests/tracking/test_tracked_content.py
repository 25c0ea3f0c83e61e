"""What lands in MLflow, read back through its own client, is what SQL holds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mlflow import MlflowClient
from sqlalchemy import select, update

from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, trials
from settings import Settings
from tracking.mapping.curves import CURVES
from tracking.tracker import track

Store = Callable[..., int]


def children(client: MlflowClient, experiment: str, extra: str = "") -> dict[str, Any]:
    parent = "tags.backsweep.kind = 'trial'" + extra
    found = client.search_runs([client.get_experiment_by_name(experiment).experiment_id], parent, max_results=1000)
    return {run.data.tags["backsweep.trial"]: run for run in found}


def stored_curves(database: Database) -> dict[tuple[str, str], list[tuple[int, float, int]]]:
    """(trial, metric) -> finite (step, value, milliseconds), by step."""
    found: dict[tuple[str, str], list[tuple[int, float, int]]] = {}
    with database.read() as connection:
        for row in connection.execute(select(epochs).order_by(epochs.c.trial_id, epochs.c.epoch)):
            for key in CURVES:
                value = row._mapping[key]
                points = found.setdefault((str(row.trial_id), key), [])
                if value is not None:
                    points.append((row.epoch, value, math.floor(row.recorded_at.timestamp() * 1000)))
    return found


def sent_curves(client: MlflowClient, runs: dict[str, Any]) -> dict[tuple[str, str], list[tuple[int, float, int]]]:
    return {
        (trial, key): sorted(
            (point.step, point.value, point.timestamp) for point in client.get_metric_history(run.info.run_id, key)
        )
        for trial, run in runs.items()
        for key in CURVES
    }


def test_every_metric_history_equals_the_finite_sql_values_one_by_one(
    database: Database, bulk_settings: Settings, store: Store
) -> None:
    store(database, learning_rates=(0.1, 0.5, 2.0), last_epoch=7)
    report = track(database, bulk_settings)
    assert report.error is None
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    runs = children(client, "convergence")
    assert len(runs) == report.sent_trials == 12
    assert sent_curves(client, runs) == stored_curves(database)


def test_a_server_gets_the_same_histories(sqlite_database: Database, server_settings: Settings, store: Store) -> None:
    store(sqlite_database, project="served", last_epoch=5, learning_rates=(0.5,))
    report = track(sqlite_database, server_settings)
    assert report.error is None
    client = MlflowClient(server_settings.mlflow_tracking_uri)
    assert sent_curves(client, children(client, "served")) == stored_curves(sqlite_database)
    again = track(sqlite_database, server_settings)
    assert (again.sent_sweeps, again.sent_trials, again.pending_trials) == (0, 0, 0)


def test_the_value_shown_of_a_curve_is_that_of_its_last_epoch(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, last_epoch=2, state="running")
    track(sqlite_database, bulk_settings)
    grow(sqlite_database, sweep, 6, "finished")
    track(sqlite_database, bulk_settings)
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    curves = stored_curves(sqlite_database)
    for trial, run in children(client, "convergence").items():
        for key in CURVES:
            assert run.data.metrics[key] == curves[trial, key][-1][1]


def test_a_sweep_shows_its_progress_and_ends_after_its_trials(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, last_epoch=2, state="running")
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    track(sqlite_database, bulk_settings)
    parent = parent_run(client)
    assert parent.info.status == "RUNNING"
    assert {run.info.status for run in children(client, "convergence").values()} == {"RUNNING"}
    assert "best_validation_cost" not in next(iter(children(client, "convergence").values())).data.metrics
    grow(sqlite_database, sweep, 4, "finished", only=0)
    track(sqlite_database, bulk_settings)
    assert "1 finished" in parent_run(client).data.tags["mlflow.note.content"]
    grow(sqlite_database, sweep, 6, "finished")
    track(sqlite_database, bulk_settings)
    assert parent_run(client).info.status == "FINISHED"
    assert parent_run(client).info.end_time is not None
    assert {run.info.status for run in children(client, "convergence").values()} == {"FINISHED"}


def parent_run(client: MlflowClient) -> Any:
    experiment = client.get_experiment_by_name("convergence").experiment_id
    (found,) = client.search_runs([experiment], "tags.backsweep.kind = 'sweep'")
    return found


def test_tables_of_trials_show_what_sql_shows(sqlite_database: Database, bulk_settings: Settings, store: Store) -> None:
    store(sqlite_database)
    track(sqlite_database, bulk_settings)
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    runs = children(client, "convergence")
    with sqlite_database.read() as connection:
        rows = connection.execute(select(trials)).all()
    for row in rows:
        metrics = runs[str(row.id)].data.metrics
        for key in ("best_validation_cost", "best_epoch", "seconds"):
            assert metrics.get(key) == getattr(row, key)
        assert metrics["epochs_to_target_0.5"] == row.best_epoch
        assert runs[str(row.id)].data.params["init_seed"] == str(row.init_seed)
    best = min(row.best_validation_cost for row in rows)
    assert parent_run(client).data.metrics["best_validation_cost"] == best


def test_states_become_the_statuses_that_mlflow_knows(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, learning_rates=(0.5,), last_epoch=1, state="running", replicates=3)
    expected = {"finished": "FINISHED", "pruned": "FINISHED", "failed": "FAILED", "cancelled": "KILLED"}
    for number, state in enumerate([*expected, "running", "queued"]):
        grow(sqlite_database, sweep, 2, state, only=number)
    track(sqlite_database, bulk_settings)
    runs = children(MlflowClient(bulk_settings.mlflow_tracking_uri), "convergence")
    found = {run.data.tags["backsweep.state"]: run.info.status for run in runs.values()}
    assert found == {**expected, "running": "RUNNING", "queued": "SCHEDULED"}
    ended = {run.info.status: run.info.end_time is not None for run in runs.values()}
    assert ended == {"FINISHED": True, "FAILED": True, "KILLED": True, "RUNNING": False, "SCHEDULED": False}
    assert [run.data.tags["backsweep.error"] for run in runs.values() if run.info.status == "FAILED"] == [
        "the worker died three times"
    ]


def test_a_trial_that_never_began_has_no_run_however_it_ended(
    sqlite_database: Database, bulk_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(sqlite_database, last_epoch=-1, state="queued")
    track(sqlite_database, bulk_settings)
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    assert children(client, "convergence") == {}
    assert parent_run(client).info.status == "SCHEDULED"
    grow(sqlite_database, sweep, 2, "running", only=5)  # one begins, the others are cancelled before
    track(sqlite_database, bulk_settings)
    grow(sqlite_database, sweep, -1, "cancelled")
    report = track(sqlite_database, bulk_settings)
    assert (report.error, report.pending_sweeps, report.pending_trials) == (None, 0, 0)
    (run,) = children(client, "convergence").values()
    assert (run.info.status, run.data.tags["backsweep.state"]) == ("KILLED", "cancelled")
    assert parent_run(client).info.status == "KILLED"
    assert parent_run(client).data.metrics["trials_cancelled"] == 8


def test_names_and_values_of_any_length_and_alphabet_arrive(
    sqlite_database: Database, bulk_settings: Settings, store: Store
) -> None:
    name = "größe 学習率 🚀 'quoted' \"x\" <b>|*_` " + "n" * 200
    rates = tuple(0.1 + step for step in range(50))
    sweep = store(sqlite_database, name=name, project="проект/📈", learning_rates=rates, layers=((),), replicates=1)
    with sqlite_database.write() as connection:
        connection.execute(update(trials).where(trials.c.number == 0).values(error="é" * 20_000))
    track(sqlite_database, bulk_settings)
    client = MlflowClient(bulk_settings.mlflow_tracking_uri)
    experiment = client.get_experiment_by_name("проект/📈").experiment_id
    (parent,) = client.search_runs([experiment], f"tags.backsweep.sweep = '{sweep}' and tags.backsweep.kind = 'sweep'")
    assert parent.info.run_name == f"{name} #{sweep}"
    assert parent.data.params["learning_rate"] == "50 values from 0.1 to 49.1"
    first = next(run for run in children(client, "проект/📈").values() if run.data.tags.get("backsweep.error"))
    assert len(first.data.tags["backsweep.error"]) == 8000


def test_nothing_happens_without_an_address(sqlite_database: Database, store: Store) -> None:
    store(sqlite_database)
    report = track(sqlite_database, Settings())
    assert (report.sent_trials, report.error) == (0, None)
    with sqlite_database.read() as connection:
        assert connection.execute(select(sweeps.c.mlflow_run_id)).scalar_one() is None
