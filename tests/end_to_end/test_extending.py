"""A sweep that has ended is extended over HTTP, by command, and MLflow follows: the same runs, longer histories."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest
import requests

from backsweep import BacksweepError, Client

SWEEP: dict[str, Any] = {
    "name": "to be extended",
    "project": "extending",
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"value": [6]},
        "learning_rate": {"values": [0.1, 1.0]},
        "cost": {"value": "mean_squared_error"},
        "epochs": {"value": 4},
    },
    "backsweep": {"replicates": 1, "seed": 11},
}


def test_the_extended_sweep_is_the_larger_one_in_sql_and_in_mlflow(client: Client, service: Any) -> None:
    larger = {**SWEEP, "parameters": {**SWEEP["parameters"], "epochs": {"value": 9}}}
    larger["backsweep"] = {"replicates": 2, "seed": 11}
    whole = client.wait(client.submit(larger)["id"], timeout=120)
    small = client.wait(client.submit(SWEEP)["id"], timeout=120)
    _once_tracked(client, small["id"])
    runs = {trial["id"]: trial["links"]["mlflow"] for trial in client.trials(small["id"])}
    command = [sys.executable, "-m", "backsweep", "extend", str(small["id"]), "--epochs", "9", "--replicates", "2"]
    answer = subprocess.run([*command, "--watch", "--url", service.api], capture_output=True, text=True, timeout=180)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert _curves(client, small["id"]) == _curves(client, whole["id"])
    tracked = _once_tracked(client, small["id"])
    assert tracked["trial_count"] == 4
    for trial in client.trials(small["id"]):
        assert runs.get(trial["id"], trial["links"]["mlflow"]) == trial["links"]["mlflow"]
        run_id = trial["links"]["mlflow"].rpartition("/")[2].partition("?")[0]
        query = {"run_id": run_id, "metric_key": "validation_cost", "max_results": "1000"}
        history = _mlflow(service, "metrics/get-history", query)["metrics"]
        assert sorted(int(entry.get("step", 0)) for entry in history) == list(range(10))
        assert _mlflow(service, "runs/get", {"run_id": run_id})["run"]["info"]["status"] == "FINISHED"


def test_a_wish_that_cannot_be_had_is_a_conflict_or_a_fault_with_its_path(client: Client) -> None:
    sweep = client.wait(client.submit(SWEEP)["id"], timeout=120)
    with pytest.raises(BacksweepError) as caught:
        client.extend(sweep["id"], epochs=4)
    assert caught.value.status == 409  # type: ignore[attr-defined]
    assert "has all of that already" in str(caught.value)
    with pytest.raises(BacksweepError, match="/parameters/momentum") as caught:
        client.extend(sweep["id"], parameters={"momentum": [0.5]})
    assert caught.value.status == 422  # type: ignore[attr-defined]


def _curves(client: Client, sweep_id: int) -> dict[tuple[float, int], Any]:
    names = ("train_cost", "validation_cost", "gradient_norm")
    rates = {
        trial["number"]: (trial["hyperparameters"]["learning_rate"], trial["replicate"])
        for trial in client.trials(sweep_id)
    }
    return {rates[curve["number"]]: [curve[name] for name in names] for curve in client.curves(sweep_id, *names)}


def _once_tracked(client: Client, sweep_id: int) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found = client.sweep(sweep_id)
        if found["tracked"]:
            return found
        time.sleep(0.5)
    raise AssertionError("the tracker did not send all of the sweep in time")


def _mlflow(service: Any, path: str, query: dict[str, str]) -> dict[str, Any]:
    response = requests.get(f"{service.mlflow}/api/2.0/mlflow/{path}", params=query, timeout=60)
    assert response.ok, response.text
    found: dict[str, Any] = response.json()
    return found
