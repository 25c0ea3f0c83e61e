"""GET /sweeps/{id}/early-termination over real sweeps, and the rule in the preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

RATES = [0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 4.0]
SWEEP: dict[str, Any] = {
    "name": "stopped",
    "method": "grid",
    "metric": {"name": "validation_cost"},
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"value": [6]},
        "learning_rate": {"values": RATES},
        "epochs": {"value": 12},
    },
    "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2},
    "backsweep": {"replicates": 1, "seed": 7, "audit": 0.0},
}


def submitted(http: FlaskClient, **changes: Any) -> int:
    answer = http.post("/api/v1/sweeps", json=SWEEP | changes)
    assert answer.status_code == 201, answer.text
    return int(answer.get_json()["id"])


def report(http: FlaskClient, sweep_id: int) -> dict[str, Any]:
    answer = http.get(f"/api/v1/sweeps/{sweep_id}/early-termination")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_what_was_stopped_and_saved_adds_up(http: FlaskClient, train: Callable[[int], None]) -> None:
    sweep_id = submitted(http)
    train(sweep_id)
    found = report(http, sweep_id)
    assert found["rule"]["check_epochs"] == [2, 4, 8]
    assert found["checks"] == [
        {"epoch": 2, "judged": 8, "stopped": 3, "audited": 0},
        {"epoch": 4, "judged": 5, "stopped": 2, "audited": 0},
        {"epoch": 8, "judged": 3, "stopped": 1, "audited": 0},
    ]
    assert (found["epochs_planned"], found["epochs_saved"]) == (96, 3 * 10 + 2 * 8 + 4)
    assert found["epochs_recorded"] == 96 - found["epochs_saved"]
    assert found["saved_share"] == pytest.approx(50 / 96)
    assert len(found["decisions"]) == 16
    assert (found["audit"]["stopped"], found["audit"]["false_kill_rate"]) == (6, None)
    assert found["notes"][0].startswith("No audited trial has run to its end")
    sweep = http.get(f"/api/v1/sweeps/{sweep_id}").get_json()
    assert sweep["trials"] == {"finished": 2, "pruned": 6}
    assert sweep["state"] == "finished"


def test_with_all_audited_the_false_kills_are_those_of_the_final_results(
    http: FlaskClient, train: Callable[[int], None]
) -> None:
    sweep_id = submitted(http, backsweep=SWEEP["backsweep"] | {"audit": 1.0})
    train(sweep_id)
    found = report(http, sweep_id)
    trials = http.get(f"/api/v1/sweeps/{sweep_id}/trials").get_json()["trials"]
    best = min(trials, key=lambda one: one["best_validation_cost"])
    stopped = {one["trial_id"] for one in found["decisions"] if one["verdict"] == "stop"}
    assert found["audit"]["audited"] == found["audit"]["stopped"] == len(stopped) == 6
    assert found["audit"]["killed"] == (best["id"] in stopped)
    assert (found["epochs_saved"], found["epochs_audited"]) == (0, 50)
    assert found["notes"][0].startswith("Only 6 audited trials have run to the end")


def test_a_sweep_without_a_rule_says_so(http: FlaskClient) -> None:
    without = {key: value for key, value in SWEEP.items() if key != "early_terminate"}
    sweep_id = int(http.post("/api/v1/sweeps", json=without).get_json()["id"])
    found = report(http, sweep_id)
    assert (found["rule"], found["decisions"], found["epochs_saved"]) == (None, [], 0)
    assert found["notes"] == ["The sweep has no early termination: every trial runs to its end."]


def test_a_sweep_that_still_runs_says_so(http: FlaskClient) -> None:
    found = report(http, submitted(http))
    assert found["notes"][0] == "The sweep has not ended: the figures are of what there is."
    assert found["epochs_planned"] == 96


def test_a_sweep_that_is_not_there_is_a_problem(http: FlaskClient) -> None:
    answer = http.get("/api/v1/sweeps/999/early-termination")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "urn:backsweep:problem:no-such-sweep")


def test_the_preview_says_the_rule_and_its_check_epochs(http: FlaskClient) -> None:
    found = http.post("/api/v1/sweeps/preview", json=SWEEP).get_json()["early_termination"]
    assert found == {
        "type": "hyperband",
        "settings": {"min_iter": 2, "max_iter": None, "s": None, "eta": 2.0, "strict": False},
        "audit": 0.0,
        "check_epochs": [2, 4, 8],
    }
    without = {key: value for key, value in SWEEP.items() if key != "early_terminate"}
    assert http.post("/api/v1/sweeps/preview", json=without).get_json()["early_termination"] is None
