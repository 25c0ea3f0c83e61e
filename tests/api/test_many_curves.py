"""Bands, axes, thinning and named comparisons over HTTP, on trained networks."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import pytest

CONFIGURATIONS = 6


def get(trained: Any, query: str) -> dict[str, Any]:
    response = trained.http.get(f"{trained.sweep['links']['curves']}?{query}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.get_json()
    return found


def test_a_band_is_the_mean_of_the_replicates_curves(trained: Any) -> None:
    bands = get(trained, "bands=mean&metrics=train_cost,gradient_norm")["bands"]
    curves = get(trained, "metrics=train_cost")["curves"]
    costs = [one for one in bands if one["metric"] == "train_cost"]
    assert [one["configuration_number"] for one in costs] == list(range(CONFIGURATIONS))
    assert len(bands) == 2 * CONFIGURATIONS
    first = [one["train_cost"] for one in curves if one["configuration_number"] == 0]
    assert costs[0]["center"] == pytest.approx([fmean(values) for values in zip(*first, strict=True)])
    assert costs[0]["live"] == [2] * 5
    assert all(
        low <= middle <= high
        for low, middle, high in zip(*(costs[0][n] for n in ("low", "center", "high")), strict=True)
    )


def test_diverged_replicates_are_in_the_band_as_infinite(trained: Any) -> None:
    bands = get(trained, "bands=mean&metrics=train_cost")["bands"]
    diverged = [one for one in bands if one["diverged"][-1] > 0]
    assert diverged
    for one in diverged:
        assert one["center"][-1] is None
        assert one["live"][-1] + one["diverged"][-1] == one["replicates"] == 2


def test_bands_come_in_pages_of_configurations_and_without_curves(trained: Any) -> None:
    address, numbers = f"{trained.sweep['links']['curves']}?bands=median&limit=4", []
    while address:
        page = trained.http.get(address).get_json()
        assert page["curves"] == []
        numbers += [one["configuration_number"] for one in page["bands"]]
        address = page["next"]
    assert numbers == list(range(CONFIGURATIONS))


@pytest.mark.parametrize(("axis", "step"), [("updates", 4), ("samples", 120), ("epochs", None)])
def test_curves_and_bands_have_a_place_on_the_axis(trained: Any, axis: str, step: int | None) -> None:
    curve = get(trained, f"axis={axis}")["curves"][0]
    band = get(trained, f"axis={axis}&bands=mean")["bands"][0]
    if step is None:
        assert "at" not in curve
        assert band["at"] == [0, 1, 2, 3, 4]
    else:
        assert curve["at"] == band["at"] == [step * epoch for epoch in range(5)]
        assert set(curve) == {
            "trial_id",
            "number",
            "configuration_number",
            "replicate",
            "epoch",
            "at",
            "validation_cost",
        }


def test_more_layers_are_more_operations_and_seconds_add_up(trained: Any) -> None:
    bands = get(trained, "axis=flops&bands=mean")["bands"]
    small, large = bands[0], bands[-1]
    assert large["at"][1] > small["at"][1] > 0
    trial = trained.http.get("/api/v1/trials/1").get_json()["curve"]["epoch_seconds"]
    curve = get(trained, "axis=seconds")["curves"][0]
    assert curve["at"][-1] == pytest.approx(sum(trial))
    assert curve["at"] == sorted(curve["at"])


def test_thinned_curves_keep_their_lowest_point(trained: Any) -> None:
    whole, thin = get(trained, "")["curves"], get(trained, "points=4")["curves"]
    for before, after in zip(whole, thin, strict=True):
        assert len(after["epoch"]) <= 4
        known = [value for value in before["validation_cost"] if value is not None]
        assert min(known) == min(value for value in after["validation_cost"] if value is not None)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("bands=mode", "bands"), ("axis=days", "axis"), ("points=3", "points"), ("points=x", "points")],
)
def test_what_curves_cannot_be_asked_is_named(trained: Any, query: str, parameter: str) -> None:
    response = trained.http.get(f"{trained.sweep['links']['curves']}?{query}")
    assert response.status_code == 422
    assert [fault["parameter"] for fault in response.get_json(force=True)["errors"]] == [parameter]


def test_a_trial_shown_with_fewer_points_keeps_its_lowest_costs_and_all_findings(trained: Any) -> None:
    whole = trained.http.get("/api/v1/trials/1").get_json()
    thin = trained.http.get("/api/v1/trials/1?points=4").get_json()
    for cost in ("train_cost", "validation_cost"):
        assert min(thin["curve"][cost]) == min(whole["curve"][cost])
    kept = thin["curve"]["epoch"]
    assert kept[0] == 0
    assert kept[-1] == whole["curve"]["epoch"][-1]
    assert len(kept) < len(whole["curve"]["epoch"])
    for few, all_of_it in zip(thin["layers"], whole["layers"], strict=True):
        assert few["epoch"] == [epoch for epoch in all_of_it["epoch"] if epoch in kept]
        assert few["findings"] == all_of_it["findings"]
    assert trained.http.get("/api/v1/trials/1?points=3").status_code == 422


def compare(trained: Any, *numbers: int, **query: Any) -> dict[str, Any]:
    names = ",".join(f"{trained.sweep['id']}:{number}" for number in numbers)
    response = trained.http.get("/api/v1/compare", query_string={"configurations": names, **query})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.get_json()
    return found


def test_configurations_are_held_against_the_first_of_them(trained: Any) -> None:
    found = compare(trained, 1, 0, 5, target=0.2)
    reference, second, third = found["configurations"]
    assert (found["axis"], found["budget"]) == ("epochs", 4)
    assert reference["against_reference"] is None
    assert second["values"] == {"layers": [4], "learning_rate": 0.1}
    assert (second["against_reference"]["paired"], second["against_reference"]["verdict"]) == (True, "undecided")
    assert third["diverged"] == third["against_reference"]["diverged"] == 2
    assert third["loss"]["median"] is None
    assert reference["to_target"]["of"] == 2
    assert "With fewer than 3 seeds nothing can be decided." in found["notes"]


def test_another_sweep_of_the_same_seed_is_paired_and_of_another_is_not(trained: Any) -> None:
    document = trained.sweep["document"]
    same = trained.http.post("/api/v1/sweeps", json=document).get_json()["id"]
    other = {**document, "backsweep": {**document["backsweep"], "seed": 77}}
    apart = trained.http.post("/api/v1/sweeps", json=other).get_json()["id"]
    names = f"{trained.sweep['id']}:0,{same}:0,{apart}:0"
    found = trained.http.get("/api/v1/compare", query_string={"configurations": names}).get_json()
    assert [entry["ended"] for entry in found["configurations"]] == [2, 0, 0]
    assert [entry["sweep_id"] for entry in found["configurations"]] == [trained.sweep["id"], same, apart]
    assert found["budget"] == 4  # what has not ended is no reason to compare less


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("configurations=1:0", 422),
        ("configurations=1:0,1:0", 422),
        ("configurations=1:0,1:x", 422),
        ("configurations=1:0,1:999", 422),
        ("configurations=1:0,2000000:1", 404),
        ("configurations=" + ",".join(f"1:{n}" for n in range(25)), 422),
        ("configurations=1:0,1:1&axis=days", 422),
        ("configurations=1:0,1:1&metric=gradient_norm", 422),
        ("configurations=1:0,1:1&target=nan", 422),
        ("configurations=1:0,1:1&target=-1", 422),
    ],
)
def test_what_cannot_be_compared_is_refused(trained: Any, query: str, status: int) -> None:
    response = trained.http.get(f"/api/v1/compare?{query}")
    assert response.status_code == status, response.text
    if status == 422:
        assert len(response.get_json(force=True)["errors"]) == 1


def test_a_refusal_names_its_parameter_once(trained: Any) -> None:
    fault = trained.http.get("/api/v1/compare?configurations=1:0,1:999").get_json(force=True)
    assert fault["detail"] == "configurations: sweep 1 has no configuration 999"
    assert fault["errors"] == [{"parameter": "configurations", "detail": "sweep 1 has no configuration 999"}]


def test_a_comparison_of_what_diverged_says_that_there_is_no_loss(trained: Any) -> None:
    found = compare(trained, 2, 5)
    assert [one["diverged"] for one in found["configurations"]] == [2, 2]
    assert "Every trial that has ended diverged: there is no loss to compare." in found["notes"]
