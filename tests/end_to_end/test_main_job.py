"""The main job, over HTTP on a running service: submit, watch, look at the trials, compare, find it in MLflow."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
import requests

from backsweep import BacksweepError, Client

EPOCHS = 6
METRICS = ("train_cost", "validation_cost", "train_accuracy", "validation_accuracy", "gradient_norm", "epoch_seconds")
SWEEP = {
    "name": "end to end",
    "project": "end-to-end",
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"values": [[8], [8, 8]]},
        "learning_rate": {"values": [0.1, 1.0]},
        "cost": {"value": "mean_squared_error"},
        "epochs": {"value": EPOCHS},
    },
    "backsweep": {"replicates": 2, "seed": 11, "targets": [0.3, 0.05]},
}
TRIALS = 8


@pytest.fixture(scope="module")
def sweep(client: Client) -> dict[str, Any]:
    """The sweep, submitted and waited for."""
    seen: list[dict[str, Any]] = []
    submitted = client.submit(SWEEP)
    assert submitted["state"] == "queued"
    assert submitted["trial_count"] == TRIALS
    ended = client.wait(submitted["id"], seen.append, timeout=400)
    assert ended["state"] == "finished"
    recorded = [found["epochs_recorded"] for found in seen]
    assert recorded == sorted(recorded), "progress went backwards"
    return ended


@pytest.fixture(scope="module")
def trials(client: Client, sweep: dict[str, Any]) -> list[dict[str, Any]]:
    return [client.trial(trial["id"]) for trial in client.trials(sweep["id"], limit=3)]


def test_every_trial_ends_with_an_outcome(sweep: dict[str, Any], trials: list[dict[str, Any]]) -> None:
    assert [trial["number"] for trial in trials] == list(range(TRIALS))
    assert {trial["state"] for trial in trials} == {"finished"}
    assert all(trial["outcome"] for trial in trials)
    assert sweep["trials"] == {"finished": TRIALS}


def test_every_curve_runs_from_epoch_0_to_its_last_without_gap(trials: list[dict[str, Any]]) -> None:
    for trial in trials:
        assert trial["curve"]["epoch"] == list(range(trial["epochs_recorded"] + 1))
        assert trial["epochs_recorded"] == EPOCHS
        assert all(math.isfinite(cost) for cost in trial["curve"]["validation_cost"])
        assert trial["best_validation_cost"] == min(trial["curve"]["validation_cost"])
        assert trial["final_validation_cost"] == trial["curve"]["validation_cost"][-1]


def test_targets_are_the_first_epochs_at_or_below_them(trials: list[dict[str, Any]]) -> None:
    for trial in trials:
        costs = trial["curve"]["validation_cost"]
        expected = {
            target: next(epoch for epoch, cost in enumerate(costs) if cost <= target)
            for target in SWEEP["backsweep"]["targets"]  # type: ignore[index]
            if min(costs) <= target
        }
        assert {entry["target"]: entry["epoch"] for entry in trial["targets"]} == expected


def test_replicates_start_alike_in_every_configuration_of_a_shape(trials: list[dict[str, Any]]) -> None:
    starts: dict[tuple[str, int], set[float]] = {}
    for trial in trials:
        key = (str(trial["hyperparameters"]["layers"]), trial["replicate"])
        starts.setdefault(key, set()).add(trial["curve"]["train_cost"][0])
    assert all(len(costs) == 1 for costs in starts.values())
    assert len({cost for costs in starts.values() for cost in costs}) == len(starts)


def test_the_curves_of_the_sweep_are_those_of_its_trials(
    client: Client, sweep: dict[str, Any], trials: list[dict[str, Any]]
) -> None:
    curves = list(client.curves(sweep["id"], "validation_cost", "gradient_norm"))
    assert [curve["trial_id"] for curve in curves] == [trial["id"] for trial in trials]
    for curve, trial in zip(curves, trials, strict=True):
        for column in ("epoch", "validation_cost", "gradient_norm"):
            assert curve[column] == trial["curve"][column]


def test_trials_are_filtered_and_sorted(client: Client, sweep: dict[str, Any]) -> None:
    found = list(client.trials(sweep["id"], learning_rate=1.0, layers=[8, 8], sort="best_validation_cost"))
    assert len(found) == 2
    assert all(trial["hyperparameters"]["layers"] == [8, 8] for trial in found)
    costs = [trial["best_validation_cost"] for trial in found]
    assert costs == sorted(costs)


def test_the_comparison_ranks_every_configuration_and_every_swept_hyperparameter(
    client: Client, sweep: dict[str, Any]
) -> None:
    found = client.comparison(sweep["id"])
    assert len(found["configurations"]) == TRIALS / 2
    assert {entry["name"] for entry in found["hyperparameters"]} == {"layers", "learning_rate"}


def test_what_has_ended_cannot_be_cancelled(client: Client, sweep: dict[str, Any]) -> None:
    with pytest.raises(BacksweepError) as caught:
        client.cancel(sweep["id"])
    assert caught.value.status == 409  # type: ignore[attr-defined]


def test_mlflow_has_a_parent_a_child_per_trial_and_every_value_of_every_curve(
    service: Any, client: Client, sweep: dict[str, Any], trials: list[dict[str, Any]]
) -> None:
    parent_id = _once_tracked(client, sweep["id"])["links"]["mlflow"].rpartition("/")[2].partition("?")[0]
    experiment = _mlflow(service, "GET", "experiments/get-by-name", experiment_name=sweep["project"])["experiment"]
    query = {"experiment_ids": [experiment["experiment_id"]], "max_results": 1000}
    runs = _mlflow(service, "POST", "runs/search", **query)["runs"]
    assert {run["info"]["run_id"]: run["info"]["status"] for run in runs}[parent_id] == "FINISHED"
    children = [run for run in runs if _tags(run).get("mlflow.parentRunId") == parent_id]
    assert len(children) == TRIALS
    by_curve = {tuple(_history(service, child, "validation_cost")): child for child in children}
    assert len(by_curve) == TRIALS
    for trial in trials:
        child = by_curve[tuple(_finite(trial["curve"], "validation_cost"))]
        assert child["info"]["status"] == "FINISHED"
        for metric in METRICS:
            assert _history(service, child, metric) == _finite(trial["curve"], metric), metric


def _once_tracked(client: Client, sweep_id: int) -> dict[str, Any]:
    """The sweep once MLflow has all of it; the tracker follows the training by a few seconds."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        found = client.sweep(sweep_id)
        if found["tracked"]:
            return found
        time.sleep(0.5)
    raise AssertionError("the tracker did not send all of the sweep in time")


def _history(service: Any, run: dict[str, Any], metric: str) -> list[tuple[int, float]]:
    query = {"run_id": run["info"]["run_id"], "metric_key": metric, "max_results": 1000}
    found = _mlflow(service, "GET", "metrics/get-history", **query).get("metrics", [])
    return sorted((int(entry.get("step", 0)), float(entry["value"])) for entry in found)


def _finite(curve: dict[str, Any], metric: str) -> list[tuple[int, float]]:
    return [(epoch, value) for epoch, value in zip(curve["epoch"], curve[metric], strict=True) if value is not None]


def _tags(run: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}


def _mlflow(service: Any, method: str, path: str, **query: Any) -> dict[str, Any]:
    options = {"params": query} if method == "GET" else {"json": query}
    response = requests.request(method, f"{service.mlflow}/api/2.0/mlflow/{path}", timeout=120, **options)  # type: ignore[arg-type]
    assert response.ok, response.text
    found: dict[str, Any] = response.json()
    return found
