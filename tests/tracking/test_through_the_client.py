"""The HTTP path against a real server: the same content as the bulk path, resumable at every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException
from sqlalchemy import select, update

from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import trials
from settings import Settings
from tracking import tracker
from tracking.client import runs as client_runs
from tracking.gone import forget
from tracking.tracker import track

Store = Callable[..., int]


def shown(uri: str, project: str) -> dict[str, Any]:
    """All that MLflow shows of a project, by our own run key, so that run ids may differ."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(project)
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    keys = {run.info.run_id: run.data.tags["backsweep.run"] for run in runs}
    assert len(set(keys.values())) == len(runs)
    found = {run.data.tags["backsweep.run"]: _run(client, run, keys) for run in runs}
    return {"tags": dict(experiment.tags), "runs": found}


def _run(client: MlflowClient, run: Any, keys: dict[str, str]) -> dict[str, Any]:
    tags = dict(run.data.tags)
    if "mlflow.parentRunId" in tags:
        tags["mlflow.parentRunId"] = keys[tags["mlflow.parentRunId"]]
    note = tags.get("mlflow.note.content", "").replace(run.info.run_id, "RUN")
    tags["mlflow.note.content"] = note.replace(f"#/experiments/{run.info.experiment_id}/", "#/experiments/ID/")
    return {
        "info": (run.info.run_name, run.info.status, run.info.start_time, run.info.end_time, run.info.user_id),
        "tags": tags,
        "params": dict(run.data.params),
        "latest": dict(run.data.metrics),
        "curves": {key: _history(client, run.info.run_id, key) for key in run.data.metrics},
        "inputs": sorted((_input(entry) for entry in run.inputs.dataset_inputs), key=repr),
    }


def _history(client: MlflowClient, run_id: str, key: str) -> list[tuple[int, float, int]]:
    return sorted((point.step, point.value, point.timestamp) for point in client.get_metric_history(run_id, key))


def _input(entry: Any) -> tuple[Any, ...]:
    return dict(entry.dataset), {tag.key: tag.value for tag in entry.tags}


def test_both_paths_show_the_same(
    sqlite_database: Database,
    sqlite_settings: Settings,
    server_settings: Settings,
    store: Store,
    grow: Callable[..., None],
    tmp_path: Path,
) -> None:
    sqlite_settings = replace(sqlite_settings, mlflow_artifacts_root=str(tmp_path / "artifacts"))
    sweep = store(sqlite_database, project="both", learning_rates=(0.5,), last_epoch=2, state="running")
    track(sqlite_database, sqlite_settings)
    forget(sqlite_database, sweep)
    track(sqlite_database, server_settings)
    for number, (epoch, state) in enumerate([(5, "finished"), (4, "failed"), (3, "cancelled"), (4, "pruned")]):
        grow(sqlite_database, sweep, epoch, state, only=number)
    with sqlite_database.write() as connection:
        connection.execute(update(sweeps).values(state="finished", finished_at=datetime(2026, 3, 2, tzinfo=UTC)))
    track(sqlite_database, server_settings)
    forget(sqlite_database, sweep)
    track(sqlite_database, sqlite_settings)
    assert shown(server_settings.mlflow_tracking_uri, "both") == shown(sqlite_settings.mlflow_tracking_uri, "both")


def test_a_crash_after_any_request_is_made_good(
    sqlite_database: Database, server_settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = server_settings.mlflow_tracking_uri
    sweep = store(sqlite_database, project="crash", learning_rates=(0.5,), layers=((8,),), replicates=1)
    with monkeypatch.context() as recording:
        calls = record_calls(recording)
        track(sqlite_database, server_settings)
        names = list(calls)
    whole = shown(uri, "crash")
    assert len(names) > 8
    for failing in sorted({names.index(name) for name in names} | {len(names) - 1 - names[::-1].index("create_run")}):
        _start_anew(sqlite_database, sweep, uri)
        with monkeypatch.context() as broken:
            _fail_at(broken, failing)
            assert track(sqlite_database, server_settings).error == "MLflow's server: the answer was lost"
        tracker._patience.clear()
        assert track(sqlite_database, server_settings).error is None
        assert shown(uri, "crash") == whole


def _start_anew(database: Database, sweep: int, uri: str) -> None:
    forget(database, sweep)
    client = MlflowClient(uri)
    for run in client.search_runs([client.get_experiment_by_name("crash").experiment_id]):
        client.set_tag(run.info.run_id, "backsweep.run", "of another")
        client.delete_run(run.info.run_id)


_CALLS = ("search_runs", "create_run", "log_inputs", "log_batch", "set_terminated", "update_run")


def record_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    for name in _CALLS:
        real = getattr(MlflowClient, name)

        def recorded(self: Any, *arguments: Any, _name: str = name, _real: Any = real, **options: Any) -> Any:
            calls.append(_name)
            return _real(self, *arguments, **options)

        monkeypatch.setattr(client_runs.MlflowClient, name, recorded)
    return calls


def _fail_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the request with this number succeed on the server but fail here, as when the answer is lost."""
    left = [number + 1]
    for name in _CALLS:
        real = getattr(MlflowClient, name)

        def failing(self: Any, *arguments: Any, _real: Any = real, **options: Any) -> Any:
            answer = _real(self, *arguments, **options)
            left[0] -= 1
            if left[0] == 0:
                raise MlflowException("the answer was lost")
            return answer

        monkeypatch.setattr(client_runs.MlflowClient, name, failing)


def test_a_deleted_run_is_set_aside_with_the_reason(
    sqlite_database: Database, server_settings: Settings, store: Store, grow: Callable[..., None]
) -> None:
    sweep = store(
        sqlite_database, project="deleted", learning_rates=(0.5,), replicates=1, last_epoch=1, state="running"
    )
    track(sqlite_database, server_settings)
    with sqlite_database.read() as connection:
        run = connection.execute(select(trials.c.mlflow_run_id).where(trials.c.number == 0)).scalar_one()
    MlflowClient(server_settings.mlflow_tracking_uri).delete_run(run)
    grow(sqlite_database, sweep, 3, "finished")
    report = track(sqlite_database, server_settings)
    assert (report.set_aside, report.sent_trials, report.pending_trials) == (1, 1, 0)
    with sqlite_database.read() as connection:
        reason = connection.execute(select(trials.c.tracking_error).where(trials.c.number == 0)).scalar_one()
    assert "deleted" in reason


def test_a_project_with_two_runs_of_one_trial_keeps_to_the_oldest(
    sqlite_database: Database, server_settings: Settings, store: Store
) -> None:
    sweep = store(sqlite_database, project="twice", learning_rates=(0.5,), layers=((8,),), replicates=1)
    track(sqlite_database, server_settings)
    client = MlflowClient(server_settings.mlflow_tracking_uri)
    with sqlite_database.read() as connection:
        row = connection.execute(select(trials)).one()
    first = client.get_run(row.mlflow_run_id)
    tags = {"backsweep.run": first.data.tags["backsweep.run"]}
    client.create_run(first.info.experiment_id, first.info.start_time + 1, tags, "second")
    forget(sqlite_database, sweep)
    track(sqlite_database, server_settings)
    with sqlite_database.read() as connection:
        assert connection.execute(select(trials.c.mlflow_run_id)).scalar_one() == row.mlflow_run_id


def test_a_long_curve_is_sent_within_the_limits_of_a_request(
    sqlite_database: Database, server_settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(sqlite_database, project="long", learning_rates=(0.5,), layers=((8,),), replicates=1, last_epoch=700)
    calls = record_calls(monkeypatch)
    report = track(sqlite_database, server_settings)
    assert report.error is None
    assert calls.count("log_batch") > 4
    client = MlflowClient(server_settings.mlflow_tracking_uri)
    with sqlite_database.read() as connection:
        run = connection.execute(select(trials.c.mlflow_run_id)).scalar_one()
    assert len(client.get_metric_history(run, "train_cost")) == 701


def test_an_answer_of_a_proxy_is_not_taken_for_mlflows() -> None:
    from tracking.client.calls import told_apart
    from tracking.errors import Refused, Unavailable

    with pytest.raises(Unavailable), told_apart():
        raise MlflowException("nginx: no such page", error_code=5)
    with pytest.raises(Refused), told_apart():
        raise RestException({"error_code": "INVALID_PARAMETER_VALUE", "message": "no"})
    with pytest.raises(Unavailable), told_apart():
        raise RestException({"error_code": "TEMPORARILY_UNAVAILABLE", "message": "later"})
