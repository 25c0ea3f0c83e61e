"""An adaptive search over HTTP: proposed by the scheduler, trained by the workers, told to MLflow, shown by command."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from backsweep import Client

SEARCH: dict[str, Any] = {
    "name": "searching",
    "project": "searching",
    "method": "bayes",
    "run_cap": 9,
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"value": [6]},
        "learning_rate": {"distribution": "log_uniform_values", "min": 0.001, "max": 10},
        "epochs": {"value": 5},
    },
    "backsweep": {"replicates": 2, "seed": 5},
}


def test_a_search_travels_from_submission_to_its_cap(client: Client, service: Any) -> None:
    submitted = client.submit(SEARCH)
    assert (submitted["search"], submitted["run_cap"], submitted["trial_count"]) == ("tpe", 9, 0)
    ended = client.wait(submitted["id"], timeout=180)
    assert (ended["state"], ended["configuration_count"], ended["trial_count"]) == ("finished", 9, 18)
    again = client.wait(client.submit(SEARCH)["id"], timeout=180)
    found, repeated = client.search(ended["id"]), client.search(again["id"])
    assert found["configurations"] == repeated["configurations"]
    results = [one["results"][0] for one in found["configurations"]]
    assert found["configurations"][-1]["best_so_far"] == min(results)
    assert [one["results"][0] for one in found["configurations"] if one["on_front"]] == [min(results)]
    command = [sys.executable, "-m", "backsweep", "search", str(ended["id"]), "--url", service.api]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "9 of 9 configurations" in answer.stdout


def test_a_preview_of_a_search_says_what_stands_for_it(client: Client) -> None:
    found = client.preview(SEARCH)
    assert (found["configuration_count"], found["trial_count"]) == (9, 18)
    assert any("random draws stand for its configurations" in note for note in found["notes"])


def test_two_metrics_give_a_front(client: Client) -> None:
    ours = SEARCH["backsweep"] | {"second_metric": {"name": "train_cost"}}
    ended = client.wait(client.submit(SEARCH | {"backsweep": ours})["id"], timeout=180)
    found = client.search(ended["id"])
    assert found["search"] == "nsga2"
    assert any(one["on_front"] for one in found["configurations"])
    assert all(len(one["results"]) == 2 for one in found["configurations"])
