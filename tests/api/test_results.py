"""What came of a sweep, over the API: trials in any order, a trial, curves, comparison; on trained networks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.answers import KeptAnswers
from api.views import comparison as comparison_view
from tests.api.conftest import SWEEP, Trained

TRIALS = 12  # 2 layers x 3 learning rates x 2 replicates


def pages(http: FlaskClient, address: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while address:
        response = http.get(address)
        assert response.status_code == 200, response.text
        found += response.get_json()[key]
        address = response.get_json()["next"]
    return found


def test_trials_come_in_pages_each_once(trained: Any) -> None:
    for limit in (1, 5, 12, 100):
        found = pages(trained.http, f"{trained.sweep['links']['trials']}?limit={limit}", "trials")
        assert [trial["number"] for trial in found] == list(range(TRIALS))


@pytest.mark.parametrize(
    "sort", ["best_validation_cost", "-best_validation_cost", "-learning_rate", "final_train_cost"]
)
def test_trials_are_sorted_with_empty_values_last(trained: Any, sort: str) -> None:
    found = pages(trained.http, f"{trained.sweep['links']['trials']}?sort={sort}&limit=5", "trials")
    name = sort.removeprefix("-")
    values = [trial.get(name, trial["hyperparameters"].get(name)) for trial in found]
    if name.endswith("_cost"):  # whatever a trial that diverged had reached before
        gone = [trial["outcome"] == "diverged" for trial in found]
        assert gone == sorted(gone)
        values = [None if diverged else value for value, diverged in zip(values, gone, strict=True)]
    known = [value for value in values if value is not None]
    assert values == sorted(known, reverse=sort.startswith("-")) + [None] * (TRIALS - len(known))
    assert len({trial["id"] for trial in found}) == TRIALS


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("learning_rate=0.1", 4),
        ("learning_rate=1e-1", 4),
        ("learning_rate=100000", 4),
        ("learning_rate=0.1&layers=[4,4]", 2),
        ("learning_rate=0.1&layers=4,4&replicate=1", 1),
        ("layers=[]", 0),
        ("layers=4", 6),
        ("activation=relu", 12),
        ("activation=tanh", 0),
        ("clip_norm=null", 12),
        ("state=finished", 12),
        ("state=queued", 0),
        ("configuration=0", 2),
        ("dataset=iris&epochs=4&replicate=0", 6),
    ],
)
def test_trials_are_filtered_by_state_place_and_any_hyperparameter(trained: Any, query: str, count: int) -> None:
    assert len(pages(trained.http, f"{trained.sweep['links']['trials']}?limit=2&{query}", "trials")) == count


def test_trials_are_filtered_by_outcome(trained: Any) -> None:
    everything = pages(trained.http, trained.sweep["links"]["trials"], "trials")
    outcomes = {trial["outcome"] for trial in everything}
    assert "diverged" in outcomes
    for outcome in outcomes:
        found = pages(trained.http, f"{trained.sweep['links']['trials']}?outcome={outcome}", "trials")
        assert [trial["id"] for trial in found] == [t["id"] for t in everything if t["outcome"] == outcome]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=colour", "sort"),
        ("cursor=rubbish", "cursor"),
        ("layers=[4,", "layers"),
        ("layers=0", "layers"),
        ("learning_rate=fast", "learning_rate"),
        ("learning_rate=NaN", "learning_rate"),
        ("learning_rate=1e999", "learning_rate"),
        ("learning_rate=" + "9" * 5000, "learning_rate"),
        ("layers=" + "[" * 5000, "layers"),
        ("activation=sigmoidal", "activation"),
        ("replicate=-1", "replicate"),
        ("replicate=99999999999", "replicate"),
        ("state=done", "state"),
        ("limit=1001", "limit"),
        ("lr=0.1", "lr"),
    ],
)
def test_what_trials_cannot_be_asked_is_named(trained: Any, query: str, parameter: str) -> None:
    response = trained.http.get(f"{trained.sweep['links']['trials']}?{query}")
    assert response.status_code == 422, response.text
    assert [fault["parameter"] for fault in response.get_json(force=True)["errors"]] == [parameter]


def test_a_trial_has_the_whole_curve_of_the_database(trained: Any) -> None:
    for trial in pages(trained.http, trained.sweep["links"]["trials"], "trials"):
        shown = trained.http.get(trial["links"]["self"]).get_json()
        with trained.database.read() as connection:
            query = text("SELECT epoch, train_cost, gradient_norm FROM epochs WHERE trial_id = :trial ORDER BY epoch")
            stored = list(connection.execute(query, {"trial": trial["id"]}))
        curve = shown["curve"]
        assert curve["epoch"] == list(range(len(stored)))
        assert curve["train_cost"] == [row.train_cost for row in stored]
        assert curve["gradient_norm"] == [row.gradient_norm for row in stored]
        assert curve["gradient_norm"][0] is None
        assert [layer["layer"] for layer in shown["layers"]] == [
            1 + place for place in range(1 + len(trial["hyperparameters"]["layers"]))
        ]
        assert all(layer["epoch"] == curve["epoch"] for layer in shown["layers"])
        assert {name: shown[name] for name in trial} == trial


def test_a_diverged_trial_ends_with_null_costs_and_says_when(trained: Any) -> None:
    diverged = pages(trained.http, f"{trained.sweep['links']['trials']}?outcome=diverged", "trials")
    ended = [trial for trial in diverged if trial["diverged_epoch"] is not None]
    assert ended
    for trial in ended:
        curve = trained.http.get(trial["links"]["self"]).get_json()["curve"]
        assert curve["train_cost"][trial["diverged_epoch"]] is None
        assert trial["final_train_cost"] is None


def test_a_queued_trial_is_shown_without_a_curve(http: FlaskClient) -> None:
    sweep = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
    created = http.post("/api/v1/sweeps", json=sweep).get_json()
    [trial, *_] = http.get(created["links"]["trials"]).get_json()["trials"]
    shown = http.get(trial["links"]["self"]).get_json()
    assert shown["curve"]["epoch"] == shown["curve"]["train_cost"] == shown["layers"] == []
    compared = http.get(created["links"]["comparison"]).get_json()
    assert compared["sweep"]["ended"] == 0
    assert compared["configurations"][0]["rank"] is None


def test_curves_come_as_the_columns_that_were_asked_for_in_pages(trained: Any) -> None:
    address = f"{trained.sweep['links']['curves']}?metrics=train_cost,gradient_norm&limit=5"
    curves = pages(trained.http, address, "curves")
    assert [curve["number"] for curve in curves] == list(range(TRIALS))
    for curve in curves:
        shown = trained.http.get(f"/api/v1/trials/{curve['trial_id']}").get_json()["curve"]
        assert curve["epoch"] == shown["epoch"]
        assert curve["train_cost"] == shown["train_cost"]
        assert curve["gradient_norm"] == shown["gradient_norm"]
        assert "validation_cost" not in curve


@pytest.mark.parametrize("metrics", ["loss", "train_cost,loss", ""])
def test_a_metric_that_does_not_exist_is_a_fault(trained: Any, metrics: str) -> None:
    response = trained.http.get(f"{trained.sweep['links']['curves']}?metrics={metrics}")
    assert response.status_code == 422
    assert [fault["parameter"] for fault in response.get_json(force=True)["errors"]] == ["metrics"]


def test_unchanged_curves_are_not_sent_again(trained: Any) -> None:
    first = trained.http.get(trained.sweep["links"]["curves"])
    again = trained.http.get(trained.sweep["links"]["curves"], headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    other = trained.http.get(
        f"{trained.sweep['links']['curves']}?metrics=train_cost", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert other.status_code == 200


def test_the_comparison_ranks_configurations_and_matches_hyperparameters(trained: Any) -> None:
    found = trained.http.get(trained.sweep["links"]["comparison"]).get_json()
    assert sorted(entry["configuration_number"] for entry in found["configurations"]) == list(range(TRIALS // 2))
    losses = [entry["loss"] for entry in found["configurations"] if entry["loss"] is not None]
    assert losses == sorted(losses)
    assert [entry["name"] for entry in found["hyperparameters"]] == ["layers", "learning_rate"]
    by_rate = found["hyperparameters"][1]
    shares = {value["value"]: value["summary"]["diverged_share"] for value in by_rate["values"]}
    assert shares[100000.0] > 0
    assert by_rate["best"] != 100000.0


def test_the_comparison_begins_with_the_answer_and_holds_every_configuration_against_the_first(trained: Any) -> None:
    found = trained.http.get(trained.sweep["links"]["comparison"]).get_json()
    assert [line.split(":")[0] for line in found["headline"]] in (
        ["layers", "learning rate"],
        ["learning rate", "layers"],
    )
    leader, *others = found["configurations"]
    assert leader["standing"]["against_leader"] is None
    assert {entry["standing"]["against_leader"]["verdict"] for entry in others} == {"undecided"}  # two replicates
    assert all(entry["standing"]["against_leader"]["pairs"] == 2 for entry in others)
    diverged = [entry for entry in others if entry["summary"]["diverged_share"] == 1]
    assert diverged
    assert all(entry["standing"]["against_leader"]["diverged"] == 2 for entry in diverged)
    target = leader["summary"]["targets"][0]
    assert target["mean_low"] <= target["mean_epoch"] <= target["mean_high"] <= target["horizon"] == 4
    assert found["profiles"] == []


def test_the_comparison_lists_configurations_in_pages_and_is_of_all_of_them(trained: Trained) -> None:
    address = trained.sweep["links"]["comparison"]
    whole = trained.http.get(address).get_json()
    assert (whole["next"], whole["configuration_count"]) == (None, len(whole["configurations"]))
    found: list[Any] = []
    following: str | None = f"{address}?limit=2"
    while following is not None:
        page = trained.http.get(following).get_json()
        assert {**page, "configurations": [], "next": None} == {**whole, "configurations": []}
        found += page["configurations"]
        following = page["next"]
    assert found == whole["configurations"]
    assert trained.http.get(f"{address}?cursor=1000").get_json()["configurations"] == []


def test_the_comparison_of_an_ended_sweep_is_computed_once_until_it_changes(
    http: FlaskClient, train: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    honest = comparison_view.compare

    def counted(*arguments: Any) -> Any:
        calls.append(arguments)
        return honest(*arguments)

    monkeypatch.setattr(comparison_view, "compare", counted)
    sweep = http.post("/api/v1/sweeps", json=SWEEP).get_json()
    address = sweep["links"]["comparison"]
    assert http.get(address).get_json()["sweep"]["ended"] == 0
    http.get(address)
    assert len(calls) == 2  # it may change any moment
    train(sweep["id"])
    first = http.get(address).get_json()
    assert (first["sweep"]["ended"], http.get(address).get_json(), len(calls)) == (TRIALS, first, 3)
    assert http.post(f"/api/v1/sweeps/{sweep['id']}/extend", json={"replicates": 3}).status_code == 202
    assert http.get(address).get_json()["sweep"]["trials"] > TRIALS
    train(sweep["id"])
    assert http.get(address).get_json()["sweep"]["ended"] > TRIALS


def test_kept_answers_are_made_by_one_thread_and_leave_when_others_need_the_room() -> None:
    kept, made, gate = KeptAnswers(most=10), [], threading.Barrier(4)

    def make() -> str:
        made.append(1)
        return "x" * 6

    def ask(_: int) -> str:
        gate.wait(60)
        return kept.get("a", make)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {"x" * 6}
    assert len(made) == 1
    kept.get("b", make)
    kept.get("a", make)
    assert len(made) == 3
    with pytest.raises(ZeroDivisionError):
        kept.get("c", lambda: str(1 // 0))
    assert kept.get("c", lambda: "c") == "c"
