"""All figures of a trial's curve, over the API: they are those of its stored curve."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.hyperparameters import configuration
from engine.operations import epoch_operations

IRIS = 120  # of 150 samples, a fifth held out


def trials_of(trained: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = trained.http.get(trained.sweep["links"]["trials"]).get_json()["trials"]
    return found


def test_the_figures_are_those_of_the_curve(trained: Any) -> None:
    for trial in trials_of(trained):
        found = trained.http.get(trial["links"]["summary"]).get_json()
        curve = trained.http.get(trial["links"]["self"]).get_json()["curve"]
        assert (found["trial_id"], found["state"]) == (trial["id"], "finished")
        assert (found["outcome"], found["outcome_epoch"]) == (trial["outcome"], trial["outcome_epoch"])
        assert found["epochs"] == trial["epochs_recorded"]
        for name in ("train_cost", "validation_cost"):
            assert found[name]["best"] == trial[f"best_{name}"]
            assert found[name]["final"] == trial[f"final_{name}"]
            costs = curve[name]
            area = None if None in costs else sum(costs) - (costs[0] + costs[-1]) / 2
            assert found[name]["area"] == pytest.approx(area)
            assert found[name]["exponential"]["refused"]


def test_an_epoch_is_counted_by_the_trials_own_network_and_data(trained: Any) -> None:
    for trial in trials_of(trained):
        found = trained.http.get(trial["links"]["summary"]).get_json()
        sizes = (4, *trial["hyperparameters"]["layers"], 3)
        expected = epoch_operations(sizes, configuration(trial["hyperparameters"]), IRIS)
        assert found["samples_per_epoch"] == IRIS
        assert found["operations_per_epoch"] == {**vars(expected), "total": expected.total}


def test_targets_are_the_sweeps_unless_others_are_asked_for(trained: Any) -> None:
    trial = next(one for one in trials_of(trained) if one["outcome"] != "diverged")
    address = trial["links"]["summary"]
    assert [one["target"] for one in trained.http.get(address).get_json()["targets"]] == [0.2, 0.01]
    [easy] = trained.http.get(f"{address}?targets=1000&patience=1").get_json()["targets"]
    assert (easy["first_epoch"], easy["epoch"], easy["updates"], easy["samples"]) == (0, 0, 0, 0)
    asked = trained.http.get(f"{address}?targets=1000,1e-300&patience=4").get_json()
    assert asked["patience"] == 4
    assert [one["epoch"] for one in asked["targets"]] == [0, None]
    impatient = trained.http.get(f"{address}?targets=0.2&patience=0").get_json()["targets"][0]
    reached = {one["target"]: one["epoch"] for one in trial["targets"]}
    assert impatient["epoch"] == impatient["first_epoch"] == reached.get(0.2)


@pytest.mark.parametrize(
    "query", ["targets=0", "targets=-1", "targets=nan", "targets=1e999", "targets=a", "targets=", "patience=-1", "x=1"]
)
def test_what_is_no_target_or_patience_is_refused_by_name(trained: Any, query: str) -> None:
    response = trained.http.get(f"{trials_of(trained)[0]['links']['summary']}?{query}")
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_a_queued_trial_has_no_figures_yet(http: FlaskClient) -> None:
    sweep = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
    created = http.post("/api/v1/sweeps", json=sweep).get_json()
    [trial, *_] = http.get(created["links"]["trials"]).get_json()["trials"]
    found = http.get(trial["links"]["summary"]).get_json()
    assert (found["state"], found["outcome"], found["epochs"], found["targets"]) == ("queued", None, -1, [])
    assert found["validation_cost"]["best"] is None
    assert found["operations_per_epoch"]["total"] > 0


def test_a_trial_that_is_not_there_is_a_404(http: FlaskClient) -> None:
    assert http.get("/api/v1/trials/2000000000/summary").status_code == 404
