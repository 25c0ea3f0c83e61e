"""Submitting: stored whole or not at all, then queued, and accepted without a queue too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml
from flask.testing import FlaskClient
from sqlalchemy import text

from results.database import Database
from tests.services.brokers import Broker

SWEEP = {
    "name": "one",
    "project": "tests",
    "method": "grid",
    "program": "train.py",
    "parameters": {
        "dataset": {"value": "xor"},
        "lr": {"values": [0.1, 0.5]},
        "epochs": {"value": 3},
        "batch_size": {"values": [2, 3]},
    },
    "backsweep": {"replicates": 3, "seed": 1},
}


def rows(database: Database, query: str) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(text(query)))


def test_a_submitted_sweep_is_stored_and_its_address_given(http: FlaskClient, database: Database) -> None:
    response = http.post("/api/v1/sweeps", json=SWEEP)
    assert response.status_code == 201
    created = response.get_json()
    assert response.headers["Location"] == f"/api/v1/sweeps/{created['id']}" == created["links"]["self"]
    assert created["trial_count"] == 12
    assert created["trials"] == {"queued": 12}
    assert created["document"] == SWEEP
    assert http.get(response.headers["Location"]).get_json() == created
    assert rows(database, "SELECT count(*) FROM trials")[0][0] == 12


def test_the_notes_say_what_was_ignored(http: FlaskClient) -> None:
    notes = http.post("/api/v1/sweeps", json=SWEEP).get_json()["notes"]
    assert any("program" in note for note in notes)


def test_yaml_and_json_of_the_same_sweep_are_stored_alike(http: FlaskClient) -> None:
    as_json = http.post("/api/v1/sweeps", data=json.dumps(SWEEP), content_type="application/json").get_json()
    as_yaml = http.post("/api/v1/sweeps", data=yaml.safe_dump(SWEEP), content_type="application/yaml").get_json()
    own = ("id", "uid", "created_at", "links")
    assert {k: v for k, v in as_json.items() if k not in own} == {k: v for k, v in as_yaml.items() if k not in own}


def test_jobs_are_queued_after_the_commit_and_noted_as_sent(
    http_with_broker: FlaskClient, broker: Broker, database: Database
) -> None:
    created = http_with_broker.post("/api/v1/sweeps", json=SWEEP).get_json()
    assert len(broker.messages()) == created["job_count"] > 0
    assert all(row.last_sent_at for row in rows(database, "SELECT last_sent_at FROM jobs"))


def test_a_sweep_is_accepted_while_the_broker_is_away_and_left_for_recovery(
    http_with_broker: FlaskClient, broker: Broker, database: Database
) -> None:
    broker.stop()
    response = http_with_broker.post("/api/v1/sweeps", json=SWEEP)
    assert response.status_code == 201
    unsent = rows(database, "SELECT last_sent_at FROM jobs")
    assert len(unsent) == response.get_json()["job_count"]
    assert all(row.last_sent_at is None for row in unsent)
    ready = http_with_broker.get("/readyz")
    assert ready.status_code == 200
    assert {check["name"]: check["status"] for check in ready.get_json()["checks"]}["broker"] == "warning"


def test_cancelling_a_queued_sweep_ends_it_at_once(http: FlaskClient) -> None:
    created = http.post("/api/v1/sweeps", json=SWEEP).get_json()
    for _ in range(2):
        response = http.post(f"{created['links']['self']}/cancel")
        assert response.status_code == 202
        assert response.get_json()["state"] == "cancelled"
        assert response.get_json()["trials"] == {"cancelled": 12}


def test_cancelling_what_has_ended_is_a_conflict(trained: Any) -> None:
    response = trained.http.post(f"{trained.sweep['links']['self']}/cancel")
    assert response.status_code == 409
    assert response.content_type == "application/problem+json"
    assert "finished" in response.get_json()["detail"]


def test_sweeps_are_listed_newest_first_by_project_and_state_in_pages(
    http: FlaskClient, train: Callable[[int], None]
) -> None:
    ids = [http.post("/api/v1/sweeps", json=SWEEP | {"project": f"p{n % 2}"}).get_json()["id"] for n in range(5)]
    train(ids[0])
    seen: list[int] = []
    address = "/api/v1/sweeps?limit=2"
    while address:
        page = http.get(address).get_json()
        assert len(page["sweeps"]) <= 2
        seen += [sweep["id"] for sweep in page["sweeps"]]
        address = page["next"]
    assert seen == ids[::-1]
    listed = http.get("/api/v1/sweeps?project=p1").get_json()["sweeps"]
    assert [sweep["id"] for sweep in listed] == [ids[3], ids[1]]
    assert [sweep["id"] for sweep in http.get("/api/v1/sweeps?state=finished").get_json()["sweeps"]] == [ids[0]]


def test_a_random_sweep_with_conditions_is_stored_trained_and_compared(
    http: FlaskClient, train: Callable[[int], None]
) -> None:
    asked = {
        "method": "random",
        "run_cap": 6,
        "parameters": {
            "dataset": {"value": "iris"},
            "epochs": {"value": 2},
            "learning_rate": {"distribution": "log_uniform_values", "min": 0.01, "max": 1},
            "optimizer": {"values": ["sgd", "momentum"]},
            "momentum": {"min": 0.1, "max": 0.9},
        },
        "backsweep": {
            "replicates": 2,
            "conditions": {"momentum": {"optimizer": "momentum"}},
            "constraints": ["learning_rate * 2 < 1"],
        },
    }
    sweep = http.post("/api/v1/sweeps", json=asked).get_json()
    assert (sweep["method"], sweep["configuration_count"], sweep["trial_count"]) == ("random", 6, 12)
    train(sweep["id"])
    trials = http.get(sweep["links"]["trials"]).get_json()["trials"]
    assert {trial["state"] for trial in trials} == {"finished"}
    for values in (trial["hyperparameters"] for trial in trials):
        assert 0.01 <= values["learning_rate"] < 0.5
        assert (values["momentum"] == 0.9) == (values["optimizer"] == "sgd")
    assert http.get(sweep["links"]["comparison"]).status_code == 200
