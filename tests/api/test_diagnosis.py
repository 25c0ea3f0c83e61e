"""Diagnoses over the API, on trained networks."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from benchmarks.diagnosis.training import recorded
from comparison.diagnosis.evidence import Evidence
from engine.data.baseline import constant_predictor_cost
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.training import Training
from results.database import Database
from results.reads.evidence import evidence_of
from results.tables.sweeps import datasets


def test_the_worst_configurations_come_first_each_with_its_own_advice(trained: Any) -> None:
    address = f"/api/v1/sweeps/{trained.sweep['id']}/diagnosis"
    found = trained.http.get(f"{address}?limit=20").get_json()
    assert found["configurations"] == len(found["diagnoses"]) == 6
    assert [one["outcome"] for one in found["diagnoses"][:2]] == ["diverged", "diverged"]
    costs = [one["best_validation_cost"] for one in found["diagnoses"][2:]]
    assert costs == sorted(costs, reverse=True)
    for one in found["diagnoses"][:2]:
        assert one["advice"]["learning_rate"] < 1e5
        assert "large_steps" in [finding["rule"] for finding in one["findings"]]
        trial = trained.http.get(f"/api/v1/trials/{one['trial_id']}").get_json()
        configuration(trial["hyperparameters"] | one["advice"])  # a configuration all the same
    assert trained.http.get(f"{address}?limit=1").get_json()["diagnoses"] == found["diagnoses"][:1]
    counts = {one["rule"]: one["configurations"] for one in found["rules"]}
    assert counts["large_steps"] == sorted(
        one["configuration_number"]
        for one in found["diagnoses"]
        if "large_steps" in [finding["rule"] for finding in one["findings"]]
    )


def test_a_trial_has_the_diagnosis_that_its_sweep_shows(trained: Any) -> None:
    found = trained.http.get(f"/api/v1/sweeps/{trained.sweep['id']}/diagnosis").get_json()
    for one in found["diagnoses"]:
        assert trained.http.get(f"/api/v1/trials/{one['trial_id']}/diagnosis").get_json() == one


def test_a_trial_that_has_not_begun_has_no_findings_and_says_why(http: FlaskClient) -> None:
    sweep = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
    created = http.post("/api/v1/sweeps", json=sweep).get_json()
    assert http.get(f"/api/v1/sweeps/{created['id']}/diagnosis").get_json()["diagnoses"] == []
    [trial, *_] = http.get(created["links"]["trials"]).get_json()["trials"]
    found = http.get(f"/api/v1/trials/{trial['id']}/diagnosis").get_json()
    assert (found["findings"], found["advice"]) == ([], {})
    assert "no epoch 2 yet" in found["note"]


@pytest.mark.parametrize("limit", [0, 21, "all"])
def test_a_limit_out_of_range_is_a_fault(trained: Any, limit: object) -> None:
    response = trained.http.get(f"/api/v1/sweeps/{trained.sweep['id']}/diagnosis?limit={limit}")
    assert response.status_code == 422
    assert [fault["parameter"] for fault in response.get_json(force=True)["errors"]] == ["limit"]


def trial_ids(trained: Any) -> list[int]:
    address = trained.sweep["links"]["trials"]
    return [trial["id"] for trial in trained.http.get(address).get_json()["trials"]]


def test_the_evidence_of_the_database_is_that_of_the_training_itself(trained: Any) -> None:
    for trial_id in trial_ids(trained):
        with trained.database.read() as connection:
            evidence = evidence_of(connection, trial_id)
        assert isinstance(evidence, Evidence)
        own = evidence.configuration
        data = split(evidence.dataset, evidence.validation_fraction, evidence.split_seed, own.scaling, own.precision)
        epochs = list(Training([evidence.trial], data).epochs())
        assert evidence.recorded == recorded(epochs, 0, constant_predictor_cost(data, own.cost))


def test_a_data_set_that_has_changed_is_not_looked_at(http: FlaskClient, train: Any, database: Database) -> None:
    sweep = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 3}}}
    created = http.post("/api/v1/sweeps", json=sweep).get_json()
    train(created["id"])
    with database.write() as connection:
        connection.execute(update(datasets).values(digest="0" * 64))
    [one] = http.get(f"/api/v1/sweeps/{created['id']}/diagnosis").get_json()["diagnoses"]
    assert one["findings"] == []
    assert "xor is not here as it was" in one["note"]
