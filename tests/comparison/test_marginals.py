"""Which value did best, matched over the others: known effects are found, absent ones are not, and it says how sure."""

import dataclasses
import json

import numpy as np
import pytest
from scipy import stats

from comparison.comparison import compare
from comparison.marginals import marginals
from comparison.sureness import Sureness

AXES = {
    "layers": [(32,), (32, 32)],
    "initialization": ["normal", "glorot_normal"],
    "learning_rate": [0.1, 0.5, 2.0, 10.0],
    "batch_size": [16, 64],
}
FACTORS = {0.1: 6.0, 0.5: 2.0, 2.0: 1.0, 10.0: 9.0}


def effects(random):
    """The learning rate matters much, the depth some, the rest nothing but noise; blocks differ tenfold in scale."""
    noise = random.normal(size=10_000)
    draws = iter(noise)

    def cost(values, replicate):
        depth = 1.3 if len(values["layers"]) == 2 else 1.0
        scale = 10.0 if values["batch_size"] == 64 else 1.0
        return 0.05 * scale * depth * FACTORS[values["learning_rate"]] * float(np.exp(0.05 * next(draws)))

    return cost


def named(found, name):
    return next(one for one in found if one.name == name)


def of(comparison, value):
    return next(one for one in comparison.values if one.value == value)


def test_a_value_that_is_best_everywhere_is_clearly_best(make_grid, random):
    found = named(marginals(make_grid(AXES, effects(random)), [], list(AXES)), "learning_rate")
    assert (found.best, found.sureness, found.unit, found.units, found.blocks) == (2.0, Sureness.CLEAR, "block", 8, 8)
    assert of(found, 2.0).wins == 8
    assert of(found, 2.0).mean_rank == 1
    assert of(found, 2.0).p is None
    assert of(found, 0.5).ratio == pytest.approx(2, rel=0.1)
    assert of(found, 0.5).ratio_low < of(found, 0.5).ratio < of(found, 0.5).ratio_high
    assert of(found, 0.1).p == pytest.approx(2 / 2**8)
    assert of(found, 0.1).adjusted_p == pytest.approx(6 * 2 / 2**8)


def test_the_values_keep_the_order_of_the_sweep(make_grid, random):
    found = named(marginals(make_grid(AXES, effects(random)), [], list(AXES)), "learning_rate")
    assert [one.value for one in found.values] == AXES["learning_rate"]


def test_the_scale_of_a_block_does_not_drown_the_others(make_grid, random):
    found = named(marginals(make_grid(AXES, effects(random)), [], list(AXES)), "layers")
    assert (found.best, found.sureness, found.units) == ((32,), Sureness.CLEAR, 16)
    assert of(found, (32, 32)).ratio == pytest.approx(1.3, rel=0.1)


def test_a_value_without_effect_is_not_decided(make_grid, random):
    found = named(marginals(make_grid(AXES, effects(random)), [], list(AXES)), "initialization")
    assert found.sureness is Sureness.NOT_DECIDED


def test_without_any_effect_clear_is_said_as_rarely_as_it_promises(make_grid):
    random = np.random.default_rng(0)
    axes = {"momentum": [0.0, 0.5, 0.9], "l2": list(range(8))}
    clear = 0
    for _ in range(200):
        results = make_grid(axes, lambda values, replicate: float(np.exp(random.normal())), replicates=1)
        found = named(marginals(results, [], list(axes)), "momentum")
        clear += any(one.sureness is Sureness.CLEAR for one in found.values)
    assert clear / 200 <= 0.08


def test_the_p_value_is_wilcoxons_on_the_medians_over_replicates(make_grid, random):
    axes = {"momentum": [0.0, 0.9], "l2": list(range(10))}
    costs = np.exp(random.normal(size=(2, 10, 3)))
    costs[1] *= 1.5
    results = make_grid(axes, lambda values, replicate: costs[int(values["momentum"] > 0), values["l2"], replicate])
    found = named(marginals(results, [], list(axes)), "momentum")
    medians = np.log(np.median(costs, axis=2))
    expected = stats.wilcoxon(medians[0] - medians[1], method="exact").pvalue
    assert next(one.p for one in found.values if one.p is not None) == pytest.approx(expected)


def test_diverged_trials_rank_last_whatever_they_had_reached(make_grid, random):
    def change(values, replicate):
        diverged = values["learning_rate"] == 10.0
        return {"outcome": "diverged", "best_validation_cost": 0.0001} if diverged else {}

    results = make_grid(AXES, effects(random), change=change)
    found = named(marginals(results, [], list(AXES)), "learning_rate")
    assert of(found, 10.0).mean_rank == 4
    assert of(found, 10.0).wins == 0
    assert of(found, 10.0).ratio is None
    assert of(found, 10.0).summary.diverged_share == 1
    assert of(found, 10.0).sureness is Sureness.CLEAR


def test_where_all_diverged_nobody_wins(make_grid):
    results = make_grid(AXES, lambda values, replicate: 1.0, change=lambda values, replicate: {"outcome": "diverged"})
    found = named(marginals(results, [], list(AXES)), "learning_rate")
    assert found.best is None
    assert [one.wins for one in found.values] == [None] * 4
    assert found.sureness is Sureness.NOT_DECIDED


def test_equal_values_share_their_wins(make_grid):
    found = named(marginals(make_grid(AXES, lambda values, replicate: 1.0), [], list(AXES)), "learning_rate")
    assert [one.wins for one in found.values] == [2, 2, 2, 2]
    assert found.sureness is Sureness.NOT_DECIDED


def test_a_few_blocks_are_too_few_to_say_but_the_estimate_is_given(make_grid):
    axes = {"learning_rate": [0.1, 1.0], "batch_size": [16, 32, 64]}
    found = named(
        marginals(make_grid(axes, lambda values, _: values["learning_rate"]), [], list(axes)), "learning_rate"
    )
    assert (found.best, found.sureness, found.units) == (0.1, Sureness.TOO_FEW, 3)
    assert of(found, 1.0).ratio == pytest.approx(10)
    assert of(found, 1.0).p == pytest.approx(0.25)
    assert of(found, 1.0).ratio_low is None


def test_with_one_block_the_replicates_are_the_evidence_and_it_says_so(make_grid, random):
    noise = random.normal(size=(2, 9))
    results = make_grid(
        {"learning_rate": [0.1, 1.0]},
        lambda values, replicate: values["learning_rate"] * float(np.exp(0.1 * noise[0, replicate])),
        replicates=9,
    )
    found = marginals(results, [], ["learning_rate"])[0]
    assert (found.unit, found.units, found.blocks, found.best) == ("replicate", 9, 1, 0.1)
    assert found.sureness is Sureness.CLEAR


def test_replicates_do_not_multiply_the_evidence_of_blocks(make_grid):
    axes = {"learning_rate": [0.1, 1.0], "batch_size": [16, 64]}
    results = make_grid(axes, lambda values, _: values["learning_rate"], replicates=100)
    assert named(marginals(results, [], list(axes)), "learning_rate").sureness is Sureness.TOO_FEW


def test_blocks_that_have_not_ended_for_every_value_are_left_out_and_counted(make_grid, random):
    def change(values, replicate):
        return {"state": "queued"} if values["batch_size"] == 64 and values["learning_rate"] == 0.1 else {}

    found = named(marginals(make_grid(AXES, effects(random), change=change), [], list(AXES)), "learning_rate")
    assert (found.units, found.blocks, found.best) == (4, 8, 2.0)
    assert of(found, 0.1).summary.ended == 12
    assert of(found, 0.1).summary.trials == 24


def test_a_value_of_which_nothing_has_ended_does_not_hold_up_the_others(make_grid, random):
    def change(values, replicate):
        return {"state": "running"} if values["learning_rate"] == 2.0 else {}

    found = named(marginals(make_grid(AXES, effects(random), change=change), [], list(AXES)), "learning_rate")
    assert (found.units, found.best) == (8, 0.5)
    assert of(found, 2.0).wins is None
    assert of(found, 2.0).summary.ended == 0


def test_only_replicates_that_ended_for_every_value_are_matched(make_grid):
    def change(values, replicate):
        return {"state": "failed"} if values["learning_rate"] == 0.1 and replicate == 0 else {}

    def cost(values, replicate):  # replicate 0 is an easy seed: alone it would favour the rate that still has it
        return values["learning_rate"] * (0.01 if replicate == 0 else 1.0)

    axes = {"learning_rate": [0.1, 0.2], "batch_size": list(range(8))}
    found = named(marginals(make_grid(axes, cost, replicates=2, change=change), [], list(axes)), "learning_rate")
    assert found.best == 0.1
    assert of(found, 0.2).ratio == pytest.approx(2)


def test_costs_of_different_cost_functions_are_not_comparable_but_accuracies_are(make_grid, random):
    axes = {"cost": ["sum_of_squares", "cross_entropy"], "learning_rate": [0.1 * n for n in range(1, 8)]}
    results = make_grid(
        axes,
        lambda values, _: float(random.random()),
        change=lambda values, _: {"best_validation_accuracy": 0.9 if values["cost"] == "sum_of_squares" else 0.8},
    )
    assert named(marginals(results, [], list(axes)), "cost").sureness is Sureness.NOT_COMPARABLE
    assert named(marginals(results, [], list(axes)), "cost").best is None
    by_accuracy = compare(results, [], list(axes), metric="validation_accuracy", goal="maximize")
    found = named(by_accuracy.hyperparameters, "cost")
    assert (found.best, found.sureness) == ("sum_of_squares", Sureness.CLEAR)
    assert of(found, "cross_entropy").ratio == pytest.approx(2)  # of the errors


def test_lists_from_json_are_the_same_values_as_tuples(make_grid, random):
    results = make_grid(AXES, effects(random))
    as_lists = [
        dataclasses.replace(one, values={**one.values, "layers": list(one.values["layers"])}) for one in results
    ]
    assert marginals(as_lists, [], list(AXES)) == marginals(results, [], list(AXES))


def test_the_comparison_is_plain_data_and_the_same_every_time(make_grid, random):
    results = make_grid(AXES, effects(random), change=lambda values, r: {"target_epochs": {0.5: 3 + r}})
    first = compare(results, [0.5, 0.1], list(AXES))
    assert first == compare(results, [0.5, 0.1], list(AXES))
    assert json.dumps(dataclasses.asdict(first), allow_nan=False)
    assert first.sweep.trials == 96
    assert first.notes == ()


def test_what_is_left_out_is_said(make_grid, random):
    def change(values, replicate):
        return {"state": {0.1: "queued", 0.5: "cancelled"}.get(values["learning_rate"], "finished")}

    found = compare(make_grid(AXES, effects(random), change=change), [], list(AXES))
    assert found.notes == (
        "24 of 96 trials have not ended and are left out.",
        "24 of 96 trials failed, were cancelled or never began and are left out.",
    )


@pytest.mark.parametrize("state", ["queued", "finished"])
def test_a_sweep_of_one_trial_and_one_without_results_have_a_comparison(make_result, state):
    found = compare([make_result(state=state, values={"learning_rate": 1.0})], [0.5], [])
    assert len(found.configurations) == 1
    assert compare([], [], ["learning_rate"]).configurations == ()
    assert compare([], [], ["learning_rate"]).hyperparameters[0].sureness is Sureness.TOO_FEW
