"""Ranks with their uncertainty, the leader's verdicts, profiles over data sets, flips, and the headline."""

import math

import numpy as np
import pytest

from comparison.comparison import compare
from comparison.rank_uncertainty import rank_intervals
from comparison.ranking import standings
from comparison.sureness import Sureness
from comparison.verdict import Verdict


def test_ranks_that_no_seed_moves_are_certain_and_equal_ones_are_shared():
    low, high, first = rank_intervals(np.array([[1.0, 1.1, 1.2], [2.0, 2.1, 2.2], [3.0, 3.1, math.inf]]))
    assert (low.tolist(), high.tolist(), first.tolist()) == ([1, 2, 3], [1, 2, 3], [1, 0, 0])
    low, high, first = rank_intervals(np.ones((4, 5)))
    assert (low.tolist(), high.tolist()) == ([2.5] * 4, [2.5] * 4)
    assert first == pytest.approx(0.25)


def test_configurations_without_a_difference_change_places_with_the_seeds():
    losses = np.exp(np.random.default_rng(3).normal(size=(10, 6)))
    low, high, first = rank_intervals(losses)
    assert np.median(high - low) >= 4
    assert first.sum() == pytest.approx(1)
    assert rank_intervals(losses)[2].tolist() == first.tolist()


def test_the_leader_has_no_verdict_and_the_others_have_one_over_all_pairs():
    table = [{seed: scale * (1 + 0.01 * seed * scale) for seed in range(6)} for scale in (1.0, 5.0, 25.0)]
    leader, second, third = standings(table)
    assert leader.against_leader is None
    assert leader.first_share == 1
    assert second.against_leader.verdict is Verdict.WORSE
    assert second.against_leader.estimate == pytest.approx(5, rel=0.2)
    assert third.rank_low == third.rank_high == 3


def test_too_few_common_seeds_have_no_rank_interval():
    found = standings([{0: 1.0, 1: 1.0}, {1: 2.0, 2: 2.0}])
    assert [one.rank_low for one in found] == [None, None]
    assert found[1].against_leader.pairs == 1
    assert standings([]) == []


DATA = {"dataset": ["digits", "iris", "wine"], "learning_rate": [0.1, 1.0, 10.0]}
COSTS = {0.1: (1.0, 1.0, 3.0), 1.0: (1.2, 2.0, 1.0), 10.0: (math.inf, 4.0, 8.0)}


def test_a_profile_is_the_share_of_data_sets_within_a_factor_of_the_best(make_grid):
    def cost(values, replicate):
        return COSTS[values["learning_rate"]][DATA["dataset"].index(values["dataset"])]

    def change(values, replicate):
        return {"outcome": "diverged"} if math.isinf(cost(values, replicate)) else {}

    found = compare(make_grid(DATA, cost, change=change), [], list(DATA)).profiles
    shares = {one.values["learning_rate"]: dict(zip(one.factors, one.shares, strict=True)) for one in found}
    assert shares[0.1][1.0] == pytest.approx(2 / 3)
    assert shares[0.1][3.0] == 1
    assert shares[1.0][1.25] == pytest.approx(2 / 3)
    assert shares[10.0][10.0] == pytest.approx(2 / 3)  # never within any factor where it diverged
    assert found[0].area >= found[1].area >= found[2].area
    logs = [math.log(1.2), math.log(2)]
    expected = (3 - sum(logs) / math.log(10)) / 3
    assert next(one.area for one in found if one.values["learning_rate"] == 1.0) == pytest.approx(expected)


def test_one_data_set_has_no_profile(make_grid):
    assert compare(make_grid({"learning_rate": [0.1, 1.0]}, lambda v, r: 1.0), [], ["learning_rate"]).profiles == ()


FLIP = {"learning_rate": [0.1, 1.0], "layers": [(8,), (8, 8)], "batch_size": [4, 8, 16, 32, 64, 128, 256]}


def flipping(values, replicate):
    """The large rate is three times better, but for two layers, where it is a fifth worse."""
    noise = 1 + 0.001 * values["batch_size"]
    if values["layers"] == (8,):
        return noise * (1.0 if values["learning_rate"] == 1.0 else 3.0)
    return noise * (1.0 if values["learning_rate"] == 0.1 else 1.2)


def test_where_another_value_wins_is_named_with_how_sure_that_is(make_grid):
    axes = FLIP
    results = [
        one
        for one in make_grid(axes, flipping)
        if one.values["layers"] == (8,) or one.values["batch_size"] != 256  # so that one layer has the majority
    ]
    found = compare(results, [], list(axes))
    rate = found.hyperparameters[0]
    assert rate.best == 1.0
    [flip] = rate.flips  # and no single settings: it explains them all
    assert flip.at == {"layers": (8, 8)}
    assert (flip.best, flip.wins, flip.units, flip.sureness) == (0.1, 6, 6, Sureness.CLEAR)
    assert flip.ratio == pytest.approx(1.2)


def test_a_single_setting_in_which_another_value_wins_is_named_with_all_its_values(make_grid):
    def cost(values, replicate):
        alone = values["layers"] == (8, 8) and values["batch_size"] == 16
        return 0.5 if alone and values["learning_rate"] == 0.1 else values["learning_rate"] ** -1

    compared = compare(make_grid(FLIP, cost), [], list(FLIP))
    [flip] = compared.hyperparameters[0].flips
    told = next(line for line in compared.headline if line.startswith("learning rate"))
    assert "with layers [8, 8], batch size 16: 0.1 wins" in told
    assert flip.at == {"layers": (8, 8), "batch_size": 16}
    assert (flip.best, flip.wins, flip.units, flip.sureness) == (0.1, 1, 1, Sureness.TOO_FEW)


def test_a_value_that_wins_everywhere_does_not_flip(make_grid):
    found = compare(make_grid(FLIP, lambda values, replicate: values["learning_rate"]), [], list(FLIP))
    assert found.hyperparameters[0].flips == ()


def test_the_headline_says_which_value_won_by_how_much_how_sure_and_where_it_flips(make_grid):
    def change(values, replicate):
        return {"outcome": "stuck"} if values["learning_rate"] == 0.1 and replicate == 0 else {}

    axes = FLIP
    results = [
        one
        for one in make_grid(axes, flipping, change=change)
        if one.values["layers"] == (8,) or one.values["batch_size"] < 16
    ]
    first = next(line for line in compare(results, [], list(axes)).headline if line.startswith("learning rate"))
    for part in (
        "learning rate: 1 did best over 9 matched settings: clear",
        "the next, 0.1, has 3 times its loss (95 %: ",
        "with layers [8, 8]: 0.1 wins (2 of 2: too few to say)",
        "0.1: 33 % stuck",
    ):
        assert part in first


def test_the_headline_begins_with_what_is_surest_and_speaks_when_nothing_is_known(make_grid):
    axes = {"momentum": [0.0, 0.9], "learning_rate": [0.1, 1.0], "l2": list(range(8))}
    random = np.random.default_rng(2)
    results = make_grid(axes, lambda values, replicate: values["learning_rate"] * float(np.exp(random.normal() / 9)))
    assert compare(results, [], list(axes)).headline[0].startswith("learning rate: 0.1 did best")
    assert compare([], [], ["learning_rate"]).headline == ("learning rate: nothing is matched yet.",)


def test_where_all_diverged_no_value_won_and_the_headline_says_so(make_grid):
    def change(values, replicate):
        return {"outcome": "diverged", "best_validation_cost": 0.1 if values["learning_rate"] == 0.1 else 0.3}

    found = compare(make_grid(FLIP, flipping, change=change), [], list(FLIP))
    assert [one.best for one in found.hyperparameters] == [None] * len(FLIP)
    assert (
        "learning rate: no value did best, for every matched trial diverged; 0.1: 100 % diverged, 1: 100 % diverged."
        in (found.headline)
    )


def test_while_one_value_alone_has_ended_nothing_is_said_to_have_diverged(make_grid):
    ended = [one for one in make_grid(FLIP, flipping) if one.values["learning_rate"] == 0.1]
    assert compare(ended, [], ["learning_rate"]).headline == ("learning rate: nothing is matched yet.",)


def test_a_ratio_that_rounds_to_one_is_not_told_as_none(make_grid):
    axes = {"learning_rate": [0.1, 1.0], "l2": list(range(8))}
    found = compare(make_grid(axes, lambda values, replicate: 1 + 0.001 * values["learning_rate"]), [], list(axes))
    assert "has 1.00 times its loss" in found.headline[0]


def test_a_single_configuration_is_said_to_be_one(make_grid):
    assert compare(make_grid({"learning_rate": [0.1]}, lambda values, replicate: 0.5), [], []).headline == (
        "Nothing was varied: there is one configuration, and none to hold it against.",
    )


def test_five_replicates_of_one_setting_are_judged_by_the_paired_t_test(make_grid):
    random = np.random.default_rng(1)
    noise = np.exp(0.1 * random.normal(size=10)).tolist()
    results = make_grid({"learning_rate": [0.1, 1.0]}, lambda v, r: v["learning_rate"] * noise.pop(), replicates=5)
    found = compare(results, [], ["learning_rate"]).hyperparameters[0]
    assert (found.best, found.unit, found.units, found.sureness) == (0.1, "replicate", 5, Sureness.CLEAR)
    other = found.values[1]
    assert other.ratio_low < other.ratio < other.ratio_high
    assert other.ratio == pytest.approx(10, rel=0.3)


def test_equal_trainings_under_several_values_are_a_tie_and_no_winner(make_grid):
    """Momentum under plain SGD: the same training twice in every setting."""
    axes = {"momentum": [0.5, 0.9], "learning_rate": [0.1, 1.0, 2.0], "l2": list(range(8))}
    found = compare(make_grid(axes, lambda values, replicate: values["learning_rate"] + replicate), [], list(axes))
    momentum = next(one for one in found.hyperparameters if one.name == "momentum")
    assert (momentum.best, momentum.tied, momentum.sureness) == (None, (0.5, 0.9), Sureness.NOT_DECIDED)
    assert [one.wins for one in momentum.values] == [12, 12]
    assert "momentum: 0.5 and 0.9 are a tie, with equal losses in all of 24 matched settings." in found.headline


@pytest.mark.parametrize("replicates", [1, 3])
def test_equals_of_a_few_units_are_a_tie_and_the_next_value_is_compared_with_them(make_grid, replicates):
    axes = {"activation_slope": [0.1, 0.2, 0.3]}
    costs = {0.1: 0.4, 0.2: 0.2, 0.3: 0.2}
    results = make_grid(axes, lambda values, replicate: costs[values["activation_slope"]], replicates)
    (found,) = compare(results, [], list(axes)).hyperparameters
    assert (found.best, found.tied) == (None, (0.2, 0.3))
    (line,) = compare(results, [], list(axes)).headline
    assert line.startswith(f"activation slope: 0.2 and 0.3 are a tie, with equal losses in all of {replicates} matched")
    assert "; the next, 0.1, has 2 times their loss" in line


def test_equal_in_some_settings_is_no_tie(make_grid):
    axes = {"momentum": [0.5, 0.9], "optimizer": ["sgd", "momentum"], "l2": list(range(8))}

    def cost(values, replicate):
        return values["momentum"] if values["optimizer"] == "momentum" else 1.0

    found = compare(make_grid(axes, cost), [], list(axes)).hyperparameters[0]
    assert (found.name, found.best, found.tied) == ("momentum", 0.5, ())


def test_the_headline_names_the_value_that_its_word_is_about(make_grid):
    """10 is next by mean rank, and clearly worse; 1 wins three settings and loses most, so it is not decided."""
    axes = {"learning_rate": [0.1, 1.0, 10.0], "l2": list(range(12))}

    def cost(values, replicate):
        far = values["l2"] < 3
        return {0.1: 1.0, 1.0: 0.1 if far else 9.0, 10.0: 1.01 + 0.001 * values["l2"]}[values["learning_rate"]]

    compared = compare(make_grid(axes, cost), [], list(axes))
    rate = compared.hyperparameters[0] if compared.hyperparameters[0].name == "learning_rate" else None
    assert rate is not None
    by_value = {one.value: one for one in rate.values}
    assert by_value[10.0].mean_rank < by_value[1.0].mean_rank
    assert (by_value[10.0].sureness, by_value[1.0].sureness) == (Sureness.CLEAR, Sureness.NOT_DECIDED)
    line = next(line for line in compared.headline if line.startswith("learning rate"))
    assert "0.1 did best over 12 matched settings: not decided; least surely worse is 1, which has 9 times" in line
    assert "the next" not in line
