"""The audit of a search space, on results with known optima."""

import pytest

from comparison.space.audit import audit
from engine.data.catalog import BUILT_IN
from sweeps.parsing.sweep import parse


def spec(parameters, constraints=(), method="grid"):
    document = {"method": method, "parameters": parameters, "backsweep": {"constraints": list(constraints)}}
    return parse(document, BUILT_IN, 10_000)


def ranges(results, swept, sweep):
    return {one.name: one for one in audit(results, swept, sweep).ranges}


def test_an_optimum_at_the_end_of_a_list_is_named_and_the_list_goes_on(make_grid):
    axes = {"learning_rate": [0.1, 1.0, 10.0], "l2": [0.0, 0.1], "batch_size": [8, 16, 32]}
    results = make_grid(axes, lambda v, r: 1 / v["learning_rate"] + v["l2"] + abs(v["batch_size"] - 16) / 100)
    sweep = spec({name: {"values": values} for name, values in axes.items()})
    found = ranges(results, list(axes), sweep)
    rate, penalty, batch = found["learning_rate"], found["l2"], found["batch_size"]
    assert (rate.edge, rate.best, rate.try_next) == ("high", 10.0, {"values": [10.0, 100.0, 1000.0]})
    assert (rate.top_at_edge, rate.top) == (5, 5)
    assert (penalty.edge, penalty.try_next) == ("low", None)  # below 0 nothing is allowed
    assert (batch.edge, batch.try_next) == (None, {"values": [11, 16, 23]})
    notes = audit(results, list(axes), sweep).notes
    assert any("learning_rate, 10, is the highest" in note for note in notes)
    assert any("nothing beyond it is allowed" in note for note in notes)


def drawn(make_result, random, best_place, count=200):
    """Learning rates drawn over [1e-4, 1], the optimum at a place of the logarithmic range."""
    places = random.uniform(0, 1, count)
    return [
        make_result(n, n, 0, {"learning_rate": 1e-4 ** (1 - place)}, cost=1 + abs(place - best_place))
        for n, place in enumerate(places)
    ]


DRAWN = {"learning_rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0}}


@pytest.mark.parametrize(("best_place", "edge"), [(0.0, "low"), (0.5, None), (1.0, "high")])
def test_a_drawn_range_moves_beyond_its_edge_or_closes_in_on_the_best(make_result, random, best_place, edge):
    found = ranges(drawn(make_result, random, best_place), ["learning_rate"], spec(DRAWN, method="random"))
    one = found["learning_rate"]
    assert (one.edge, one.tried, one.of) == (edge, 10, 10)
    low, high = one.try_next["min"], one.try_next["max"]
    optimum = 1e-4 ** (1 - best_place)
    assert low < optimum < high
    assert high / low < 1e4 / 2
    if edge == "high":
        assert high == pytest.approx(100)
    if edge == "low":
        assert low == pytest.approx(1e-6)


@pytest.mark.parametrize("best_place", [0.0, 0.3, 1.0])
def test_what_to_try_next_is_taken_by_the_parser(make_result, random, best_place):
    one = ranges(drawn(make_result, random, best_place), ["learning_rate"], spec(DRAWN, method="random"))
    again = spec({"learning_rate": one["learning_rate"].try_next}, method="random")
    assert again.drawn.keys() == {"learning_rate"}


def test_holes_in_a_drawn_range_show_in_its_coverage(make_result, random):
    results = [one for one in drawn(make_result, random, 0.5) if one.values["learning_rate"] < 0.01]
    one = ranges(results, ["learning_rate"], spec(DRAWN, method="random"))["learning_rate"]
    assert one.tried == 5


def test_what_diverged_was_tried_but_is_never_the_best(make_grid):
    axes = {"momentum": [0.0, 0.5, 0.9]}

    def change(values, replicate):
        return {"outcome": "diverged"} if values["momentum"] == 0.9 else {}

    (one,) = audit(make_grid(axes, lambda v, r: 1 - v["momentum"], change=change), ["momentum"], None).ranges
    assert (one.tried, one.of, one.best, one.edge, one.high) == (3, 3, 0.5, None, 0.9)
    assert one.top == 2


def test_names_and_layers_have_no_range(make_grid):
    axes = {"activation": ["relu", "tanh"], "layers": [(4,), (8,)]}
    assert audit(make_grid(axes, lambda v, r: 0.5), list(axes), None).ranges == ()


def outcome(values, replicate):
    rate, deep = values["learning_rate"], len(values["layers"]) == 3
    if rate >= (1.0 if deep else 10.0):
        return {"outcome": "diverged"}
    return {"outcome": "stuck"} if rate < 0.1 and deep else {}


def test_the_rates_that_converge_are_told_for_each_initialisation_and_depth(make_grid):
    axes = {"layers": [(8,), (8, 8, 8)], "learning_rate": [0.01, 0.1, 1.0, 10.0]}
    rest = {"dataset": "iris", "initialization": "normal", "initialization_scale": None, "optimizer": "sgd"}
    axes |= {name: [value] for name, value in rest.items()}
    results = make_grid(axes, lambda v, r: 1 / v["learning_rate"], change=outcome)
    shallow, deep = audit(results, ["layers", "learning_rate"], None).learning_rates
    assert shallow.setting == rest | {"depth": 1}
    assert (shallow.lowest, shallow.highest, shallow.stuck_to, shallow.diverges_from) == (0.01, 1.0, None, 10.0)
    assert (deep.lowest, deep.highest, deep.stuck_to, deep.diverges_from) == (0.1, 0.1, 0.01, 1.0)
    assert (shallow.best, deep.best, deep.rates, deep.trials) == (1.0, 0.1, 4, 12)


def test_shares_count_what_diverged_what_failed_and_what_is_forbidden(make_grid):
    axes = {"batch_size": [8, 16, 32, 64], "epochs": [10, 20]}

    def change(values, replicate):
        if values["batch_size"] == 8:
            return {"outcome": "diverged"}
        return {"state": "failed"} if values["batch_size"] == 64 else {}

    results = make_grid(axes, lambda v, r: 0.5, change=change)
    sweep = spec({name: {"values": values} for name, values in axes.items()}, ["batch_size < 64"])
    found = audit(results, list(axes), sweep)
    assert found.diverged_share == pytest.approx(1 / 3)
    assert found.failed_share == pytest.approx(1 / 4)
    assert (found.configurations, found.of) == (6, 8)
    assert found.infeasible_share == pytest.approx(0.25, abs=0.03)
    assert audit(results, list(axes), None).infeasible_share is None


def test_before_anything_has_ended_there_is_nothing_to_place(make_grid):
    queued = make_grid({"l2": [0.0, 1.0]}, lambda v, r: None, change=lambda v, r: {"state": "queued"})
    found = audit(queued, ["l2"], None)
    assert (found.ranges, found.diverged_share, found.configurations) == ((), None, 0)
    assert "nothing to place" in found.notes[0]
