"""Importances: Optuna's own numbers, on known functions, with diverged configurations treated as stated."""

import optuna
import pytest
from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator, get_param_importances

from comparison.importance.importance import importance
from comparison.importance.observations import Diverged

AXES = {"learning_rate": [0.01, 0.1, 1.0, 10.0], "batch_size": [8, 16, 32], "activation": ["relu", "tanh"]}


def cost(values, replicate):
    rank = AXES["learning_rate"].index(values["learning_rate"])
    return 1.0 + 2.0 * rank + 0.3 * (values["activation"] == "tanh") + 0.01 * replicate


def shares(found):
    return {one.name: (one.fanova, one.ped_anova) for one in found.hyperparameters}


def optunas_own():
    """The same sweep, told to Optuna by hand."""
    study = optuna.create_study()
    distributions = {
        "learning_rate": optuna.distributions.IntDistribution(0, 3),
        "batch_size": optuna.distributions.IntDistribution(0, 2),
        "activation": optuna.distributions.CategoricalDistribution(["relu", "tanh"]),
    }
    # best first, as configurations are ranked
    points = [(r, b, a) for r in range(4) for b in range(3) for a in ("relu", "tanh")]
    values = [(1.0 + 2.0 * r + 0.3 * (a == "tanh") + 0.01, number, r, b, a) for number, (r, b, a) in enumerate(points)]
    for value, _, r, b, a in sorted(values):
        params = {"learning_rate": r, "batch_size": b, "activation": a}
        study.add_trial(optuna.trial.create_trial(value=value, params=params, distributions=distributions))
    return study


def test_both_importances_are_those_optuna_gives_for_the_same_study(make_grid):
    found = importance(make_grid(AXES, cost), list(AXES))
    study = optunas_own()
    fanova = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=2014))
    ped_anova = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(target_quantile=5 / 24))
    assert shares(found) == {name: (fanova[name], ped_anova[name]) for name in AXES}
    assert [one.name for one in found.hyperparameters] == list(fanova)


def test_what_moves_the_loss_most_comes_first_and_what_does_nothing_has_no_share(make_grid):
    found = importance(make_grid(AXES, cost), list(AXES))
    assert found.hyperparameters[0].name == "learning_rate"
    assert shares(found)["learning_rate"][0] > 0.9
    assert shares(found)["batch_size"][0] < 0.01
    assert sum(one.fanova for one in found.hyperparameters) == pytest.approx(1)
    assert found.r_squared > 0.9


def test_noise_is_told_from_an_effect(make_grid, random):
    found = importance(make_grid(AXES, lambda values, replicate: random.random(), replicates=1), list(AXES))
    assert found.r_squared < 0.5
    assert any("say little" in note for note in found.notes)


def diverging(values, replicate):
    return {"outcome": "diverged", "best_validation_cost": None} if values["learning_rate"] == 10.0 else {}


def test_diverged_configurations_count_as_the_worst_or_not_at_all(make_grid):
    results = make_grid(AXES, lambda values, replicate: cost(values | {"learning_rate": 0.1}, replicate), 3, diverging)
    worst = importance(results, list(AXES))
    without = importance(results, list(AXES), treated=Diverged.LEFT_OUT)
    assert (worst.configurations, worst.diverged) == (24, 6)
    assert (without.configurations, without.diverged) == (18, 6)
    assert shares(worst)["learning_rate"][0] > 0.1
    assert shares(without)["learning_rate"][0] < 0.01
    assert any("highest finite loss" in note for note in worst.notes)
    assert any("left out" in note for note in without.notes)


@pytest.mark.parametrize(
    ("rates", "note"),
    [
        ([0.1, 1.0, 10.0], "6 configurations diverged, counted with the highest finite loss."),
        ([10.0], "6 configurations diverged, left out."),  # there is no finite loss
    ],
)
def test_what_became_of_those_that_diverged_is_said(make_grid, rates, note):
    axes = AXES | {"learning_rate": rates}
    found = importance(make_grid(axes, lambda values, replicate: values["learning_rate"], change=diverging), list(axes))
    assert note in found.notes


def test_configurations_of_another_data_set_are_left_out_and_it_is_said(make_grid):
    axes = {"dataset": ["digits", "iris"], **AXES}
    found = importance(make_grid(axes, cost), list(axes))
    assert found.where == {"dataset": "digits"}
    assert found.configurations == 24
    assert "dataset" not in shares(found)
    assert any("24 configurations are left out" in note for note in found.notes)


def test_drawn_numbers_enter_by_their_logarithm(make_result, random):
    rates = 10.0 ** random.uniform(-4, 1, 60)
    noise = random.uniform(0, 1, 60)
    results = [
        make_result(number, number, 0, {"learning_rate": rate, "l2": other}, cost=1.0 if rate > 0.01 else 0.1)
        for number, (rate, other) in enumerate(zip(rates, noise, strict=True))
    ]
    found = importance(results, ["learning_rate", "l2"])
    assert shares(found)["learning_rate"][0] > 0.9
    assert found.top_share == 0.1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_of_too_few_configurations_nothing_is_said(make_result, count):
    results = [make_result(number, number, 0, {"l2": float(number)}, cost=number) for number in range(count)]
    found = importance(results, ["l2"])
    assert found.hyperparameters == ()
    assert "at least 4" in found.notes[0]


def test_equal_losses_and_trials_to_come_are_no_reason_to_fail(make_grid):
    assert importance(make_grid(AXES, lambda values, replicate: 0.5), list(AXES)).hyperparameters == ()
    queued = make_grid(AXES, cost, change=lambda values, replicate: {"state": "queued", "best_validation_cost": None})
    assert importance(queued, list(AXES)).configurations == 0
