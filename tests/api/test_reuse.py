"""Reuse over HTTP and on the command line: offered by submissions and previews, taken on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from api.views import sweeps
from settings import Settings
from tests.api.conftest import SWEEP

OFFER = "12 of 12 trials were trained before, in sweep 1; `backsweep: {reuse: true}` takes them over."


def asking(reuse: bool, **more: Any) -> dict[str, Any]:
    return {**SWEEP, "backsweep": {**SWEEP["backsweep"], "reuse": reuse}, **more}


def test_what_was_trained_before_is_offered_and_taken_on_request_alone(
    http: FlaskClient, train: Callable[[int], None]
) -> None:
    first = http.post("/api/v1/sweeps", json=SWEEP).get_json()
    assert not any("trained before" in note for note in first["notes"])
    train(first["id"])
    offered = http.post("/api/v1/sweeps", json=asking(False)).get_json()
    assert (offered["notes"][-1], offered["reused_count"], offered["state"]) == (OFFER, 0, "queued")
    taken = http.post("/api/v1/sweeps", json=asking(True)).get_json()
    assert (taken["reused_count"], taken["state"], taken["trials"]) == (12, "finished", {"finished": 12})
    trials = http.get(taken["links"]["trials"]).get_json()["trials"]
    assert [trial["reused_from"] for trial in trials] == list(range(1, 13))
    columns = "?metrics=train_cost,validation_cost,gradient_norm"
    curves = [http.get(sweep["links"]["curves"] + columns).get_json()["curves"] for sweep in (first, taken)]
    assert [curve["validation_cost"] for curve in curves[0]] == [curve["validation_cost"] for curve in curves[1]]
    assert http.get(taken["links"]["comparison"]).status_code == 200


def test_a_preview_says_what_was_trained_before_and_counts_the_rest(
    http: FlaskClient, train: Callable[[int], None]
) -> None:
    before = http.post("/api/v1/sweeps/preview", json=asking(True)).get_json()
    assert before["trained_before"] == {"trial_count": 0, "sweep_ids": []}
    train(http.post("/api/v1/sweeps", json=SWEEP).get_json()["id"])
    offered = http.post("/api/v1/sweeps/preview", json=asking(False)).get_json()
    assert offered["trained_before"] == {"trial_count": 12, "sweep_ids": [1]}
    assert (offered["notes"][-1], offered["job_count"], offered["epoch_count"]) == (OFFER, before["job_count"], 48)
    taken = http.post("/api/v1/sweeps/preview", json=asking(True)).get_json()
    assert (taken["trial_count"], taken["job_count"], taken["epoch_count"]) == (12, 0, 0)
    assert (taken["work_seconds"], taken["estimated_seconds"], taken["memory_bytes"]) == (0, 0, 0)
    parameters = {**SWEEP["parameters"], "learning_rate": {"values": [0.1, 1.0, 1e5, 0.5]}}
    more = http.post("/api/v1/sweeps/preview", json=asking(True, parameters=parameters)).get_json()
    assert (more["trial_count"], more["epoch_count"]) == (16, 16)
    assert 0 < more["work_seconds"] < offered["work_seconds"]


def test_a_preview_hashes_no_trials_where_none_was_trained(
    http: FlaskClient, train: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    digests = sweeps.trial_digests

    def watched(*arguments: Any) -> Any:
        hashed.append(1)
        return digests(*arguments)

    monkeypatch.setattr(sweeps, "trial_digests", watched)
    assert http.post("/api/v1/sweeps/preview", json=SWEEP).status_code == 200
    assert hashed == []
    train(http.post("/api/v1/sweeps", json=SWEEP).get_json()["id"])
    assert http.post("/api/v1/sweeps/preview", json=SWEEP).get_json()["trained_before"]["trial_count"] == 12
    assert hashed == [1]


def test_a_preview_does_without_a_database() -> None:
    http = create_app(Settings(database_url="sqlite:////no/such/directory/results.db")).test_client()
    found = http.post("/api/v1/sweeps/preview", json=asking(True))
    assert found.status_code == 200
    assert found.get_json()["trained_before"] is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"metric": {"name": "validation_cost", "target": 0.1}}, "metric.target"),
        ({"method": "bayes", "run_cap": 4}, "bayes"),
        ({"early_terminate": {"type": "hyperband", "min_iter": 1}}, "early_terminate"),
    ],
)
def test_reuse_is_refused_where_trials_decide_about_each_other(
    http: FlaskClient, more: dict[str, Any], words: str
) -> None:
    refused = http.post("/api/v1/sweeps", json=asking(True, **more))
    assert refused.status_code == 422
    (fault,) = [fault for fault in refused.get_json()["errors"] if fault["pointer"] == "/backsweep/reuse"]
    assert words in fault["detail"]
