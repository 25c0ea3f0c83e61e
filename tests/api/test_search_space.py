"""What a sweep tells about its search space, over the API; on trained networks."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from comparison.importance.importance import importance
from comparison.importance.observations import Diverged
from results.reads.comparison import swept, trial_results
from tests.api.conftest import SWEEP


@pytest.mark.parametrize("treated", list(Diverged))
def test_the_importances_are_those_of_the_stored_trials(trained: Any, treated: Diverged) -> None:
    sweep_id = trained.sweep["id"]
    found = trained.http.get(f"/api/v1/sweeps/{sweep_id}/importance?diverged={treated}").get_json()
    with trained.database.read() as connection:
        expected = importance(trial_results(connection, sweep_id), swept(connection, sweep_id), treated=treated)
    shares = [(one["name"], one["fanova"], one["ped_anova"]) for one in found["hyperparameters"]]
    assert shares == [(one.name, one.fanova, one.ped_anova) for one in expected.hyperparameters]
    assert found["treated"] == treated
    assert found["diverged"] == 2
    assert found["configurations"] == (6 if treated is Diverged.WORST else 4)


def test_an_unknown_treatment_is_a_fault_of_the_query(trained: Any) -> None:
    response = trained.http.get(f"/api/v1/sweeps/{trained.sweep['id']}/importance?diverged=ignored")
    assert response.status_code == 422
    assert [fault["parameter"] for fault in response.get_json(force=True)["errors"]] == ["diverged"]


def test_a_sweep_that_has_not_begun_has_no_importances_and_says_why(http: FlaskClient) -> None:
    sweep = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "learning_rate": {"values": [0.1, 1]}}}
    created = http.post("/api/v1/sweeps", json=sweep).get_json()
    found = http.get(f"/api/v1/sweeps/{created['id']}/importance").get_json()
    assert (found["hyperparameters"], found["configurations"], found["r_squared"]) == ([], 0, None)
    assert "at least 4" in found["notes"][0]


def test_the_comparison_has_a_table_by_role_where_the_sweep_gives_roles(trained: Any, http: FlaskClient) -> None:
    assert trained.http.get(trained.sweep["links"]["comparison"]).get_json()["isolation"] is None
    parameters = {"dataset": {"value": "xor"}, "layers": {"values": [[2], [2, 2]]}, "lr": {"values": [0.1, 1]}}
    sweep = {"method": "grid", "parameters": parameters, "backsweep": {"roles": {"lr": "nuisance"}}}
    created = http.post("/api/v1/sweeps", json=sweep).get_json()
    found = http.get(created["links"]["comparison"]).get_json()["isolation"]
    assert (found["scientific"], found["nuisance"]) == (["layers"], ["learning_rate"])
    assert [row["values"] for row in found["settings"]] == [{"layers": [2]}, {"layers": [2, 2]}]
    assert found["winner"] is None


def test_the_audit_tells_where_the_best_lies_and_what_diverges(trained: Any) -> None:
    found = trained.http.get(f"/api/v1/sweeps/{trained.sweep['id']}/audit").get_json()
    assert (found["configurations"], found["of"]) == (6, 6)
    assert found["diverged_share"] == pytest.approx(1 / 3)
    assert found["infeasible_share"] == 0
    [rate] = found["ranges"]
    assert (rate["name"], rate["low"], rate["high"], rate["tried"]) == ("learning_rate", 0.1, 1e5, 3)
    assert [row["setting"]["depth"] for row in found["learning_rates"]] == [1, 2]
    assert all(row["diverges_from"] == 1e5 for row in found["learning_rates"])
    again = SWEEP | {"parameters": SWEEP["parameters"] | {"learning_rate": rate["try_next"]}}
    assert trained.http.post("/api/v1/sweeps/preview", json=again).status_code == 200
