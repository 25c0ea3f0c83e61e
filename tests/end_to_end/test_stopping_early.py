"""Early termination over HTTP: judged by two workers' jobs, told to MLflow, shown by command, verified."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import requests

from backsweep import Client

SWEEP: dict[str, Any] = {
    "name": "stopping early",
    "project": "stopping-early",
    "method": "random",
    "run_cap": 24,
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"value": [6]},
        "learning_rate": {"distribution": "log_uniform_values", "min": 0.0001, "max": 10},
        "epochs": {"value": 20},
    },
    "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 3},
    "backsweep": {"replicates": 1, "seed": 5, "trials_per_job": 6, "audit": 0.3},
}


def test_a_sweep_stops_what_does_badly_and_everybody_is_told(client: Client, service: Any) -> None:
    submitted = client.submit(SWEEP)
    ended = client.wait(submitted["id"], timeout=180)
    assert ended["state"] == "finished"
    assert set(ended["trials"]) == {"finished", "pruned"}
    report = client.early_termination(ended["id"])
    assert report["rule"]["check_epochs"] == [2, 6, 18]
    stops = {one["trial_id"]: one["epoch"] for one in report["decisions"] if _pruned(one)}
    trials = {one["id"]: one for one in client.trials(ended["id"])}
    assert stops
    assert {key for key, one in trials.items() if one["state"] == "pruned"} == set(stops)
    for key, one in trials.items():
        assert one["epochs_recorded"] == stops.get(key, 20)
        assert client.trial(key)["curve"]["epoch"] == list(range(one["epochs_recorded"] + 1))
    assert report["epochs_saved"] == sum(20 - epoch for epoch in stops.values())
    assert report["audit"]["audited"] == sum(one["audited"] for one in report["decisions"]) > 0
    _check_command(service, ended["id"], report)
    _check_mlflow(client, service, ended["id"], trials)


def test_a_preview_says_when_it_would_judge(client: Client) -> None:
    assert client.preview(SWEEP)["early_termination"]["check_epochs"] == [2, 6, 18]


def _pruned(decision: dict[str, Any]) -> bool:
    return decision["verdict"] == "stop" and not decision["audited"]


def _check_command(service: Any, sweep_id: int, report: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "backsweep", "early-termination", str(sweep_id), "--url", service.api]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "hyperband (min_iter 2, eta 3) at epochs 2, 6, 18; 30% audited" in answer.stdout
    assert f"{report['epochs_saved']} of 480 epochs" in answer.stdout


def _check_mlflow(client: Client, service: Any, sweep_id: int, trials: dict[int, dict[str, Any]]) -> None:
    """Every run has ended, says its state, and has the whole of its trial's curve and nothing beyond."""
    deadline = time.monotonic() + 300
    while not client.sweep(sweep_id)["tracked"]:
        assert time.monotonic() < deadline, "the tracker did not send all of the sweep in time"
        time.sleep(0.5)
    for key, one in trials.items():
        run_id = client.trial(key)["links"]["mlflow"].rpartition("/")[2].partition("?")[0]
        run = _mlflow(service, "runs/get", run_id=run_id)["run"]
        assert run["info"]["status"] == "FINISHED"
        assert run["info"]["end_time"]
        assert {tag["key"]: tag["value"] for tag in run["data"]["tags"]}["backsweep.state"] == one["state"]
        asked = {"run_id": run_id, "metric_key": "validation_cost", "max_results": "1000"}
        history = _mlflow(service, "metrics/get-history", **asked)["metrics"]
        curve = client.trial(key)["curve"]
        assert sorted((int(point["step"]), point["value"]) for point in history) == list(
            zip(curve["epoch"], curve["validation_cost"], strict=True)
        )


def _mlflow(service: Any, path: str, **query: str) -> Any:
    answer = requests.get(f"{service.mlflow}/api/2.0/mlflow/{path}", params=query, timeout=60)
    assert answer.ok, answer.text
    return answer.json()
