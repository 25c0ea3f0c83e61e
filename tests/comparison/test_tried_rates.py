"""Advice about the learning rate does not contradict the sweep's own trials of other rates."""

from dataclasses import replace
from math import inf

import pytest

from benchmarks.diagnosis.training import train
from comparison.diagnosis.diagnosis import diagnose
from comparison.diagnosis.tried_rates import TriedRates, by_setting, tried_losses, tried_rates
from comparison.judging import judge
from engine.hyperparameters import configuration, values_of

GOOD = {"dataset": "iris", "layers": [16], "activation": "tanh", "cost": "cross_entropy", "epochs": 20}
GOOD |= {"initialization": "glorot_normal", "scaling": "standard"}


@pytest.mark.parametrize(
    ("losses", "rate", "theory", "advised"),
    [
        ({}, 50, 0.9, 0.9),  # nothing was tried: theory alone
        ({50: inf}, 50, 0.9, 0.9),
        ({50: 1.0}, 50, 0.9, 0.9),
        ({0.5: 0.3, 5: 0.1, 50: 1.0}, 50, 0.9, 5),  # what was seen to be best, not what theory holds for better
        ({0.5: 0.3, 5: 0.1, 50: inf}, 50, 0.9, 5),
        ({0.5: 0.1, 5: 0.3, 50: 1.0}, 50, 0.01, 0.01),  # the best is the lowest: theory goes on beyond it
        ({0.5: 0.1, 5: 0.3, 50: 1.0}, 50, 0.9, 0.5),  # but not back
        ({0.5: 1.0, 5: 0.5, 50: 0.1}, 50, 0.9, None),  # it is the best itself
        ({0.5: 1.0, 5: 0.5, 50: 0.1}, 5, 0.1, None),  # a larger one was better
    ],
)
def test_below_a_rate_the_trials_go_before_theory(losses, rate, theory, advised):
    assert TriedRates(losses).below(rate, theory) == advised
    mirrored = TriedRates({1 / tried: loss for tried, loss in losses.items()})
    found = mirrored.above(1 / rate, 1 / theory)
    assert found == (None if advised is None else pytest.approx(1 / advised))


def having(evidence, tried):
    """The evidence in a sweep whose configurations came to these losses."""
    return replace(evidence, tried=by_setting(tried.items()))


def finding(evidence, rule):
    return next((one for one in diagnose(evidence).findings if one.rule == rule), None)


def test_large_steps_advises_the_rate_that_did_best_in_the_sweep_however_large():
    evidence = train(configuration(GOOD | {"learning_rate": 500.0})).evidence
    theory = finding(evidence, "large_steps").advice["learning_rate"]
    better = configuration(GOOD | {"learning_rate": 5 * theory})
    smaller = configuration(GOOD | {"learning_rate": theory / 5})
    tried = {evidence.configuration: 2.0, better: 0.1, smaller: 0.5}
    found = finding(having(evidence, tried), "large_steps")
    assert found.advice == {"learning_rate": better.learning_rate}
    assert found.expected.endswith("did best of the 3 rates tried with all else equal.")
    assert finding(having(evidence, tried | {evidence.configuration: 0.01}), "large_steps") is None


def test_small_steps_advises_the_rate_that_did_best_in_the_sweep_however_small():
    evidence = train(configuration(GOOD | {"learning_rate": 1e-5})).evidence
    theory = finding(evidence, "small_steps").advice["learning_rate"]
    better, larger = (configuration(GOOD | {"learning_rate": rate}) for rate in (theory / 5, 5 * theory))
    tried = {evidence.configuration: 2.0, better: 0.1, larger: inf}
    assert finding(having(evidence, tried), "small_steps").advice == {"learning_rate": better.learning_rate}


def test_trials_of_another_setting_say_nothing():
    evidence = train(configuration(GOOD | {"learning_rate": 500.0})).evidence
    elsewhere = {configuration(GOOD | {"learning_rate": rate, "batch_size": 7}): 0.1 for rate in (100.0, 900.0)}
    assert finding(having(evidence, elsewhere), "large_steps") == finding(evidence, "large_steps")


def test_the_advised_setting_goes_before_the_trials_own():
    own, advised = (configuration(GOOD | {"l2": penalty}) for penalty in (1.0, 1e-5))
    evidence = train(own).evidence
    tried = {replace(own, learning_rate=rate): 1.0 for rate in (0.1, 0.2)}
    assert set(tried_rates(having(evidence, tried), advised).losses) == {0.1, 0.2}
    tried[replace(advised, learning_rate=0.7)] = 0.3
    assert set(tried_rates(having(evidence, tried), advised).losses) == {0.7}


def test_losses_are_medians_over_replicates_with_diverged_ones_infinite(make_grid):
    def change(values, replicate):
        return {"outcome": "diverged"} if values["learning_rate"] == 9.0 and replicate else {}

    axes = {name: [value] for name, value in values_of(configuration(GOOD)).items()} | {"learning_rate": [0.5, 9.0]}
    results = make_grid(axes, lambda values, replicate: values["learning_rate"] + replicate, change=change)
    found = tried_losses(results, judge("validation_cost", "minimize"))
    assert list(found.values()) == [{0.5: 1.5, 9.0: inf}]
