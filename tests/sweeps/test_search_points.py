"""What a sampler is asked for each axis, and what its answers become."""

import pytest

from engine.data.catalog import BUILT_IN
from sweeps.parsing.sweep import parse
from sweeps.search.points import ranked, suggested

optuna = pytest.importorskip("optuna")


def space_of(parameters, **ours):
    document = {"method": "random", "parameters": parameters, "backsweep": ours}
    return parse(document, BUILT_IN, 10_000).space


def test_a_quantile_becomes_the_value_that_the_distribution_has_there():
    space = space_of({"learning_rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0}})
    assert suggested(space, optuna.trial.FixedTrial({"learning_rate": 0.5}))["learning_rate"] == pytest.approx(1e-2)


def test_numbers_are_ranked_by_size_and_other_values_are_not():
    space = space_of({"batch_size": {"values": [64, 16, 32]}, "optimizer": {"values": ["sgd", "adam"]}})
    sizes, optimizers = space.axes
    assert (ranked(sizes), ranked(optimizers)) == (True, False)
    found = suggested(space, optuna.trial.FixedTrial({"batch_size": 0, "optimizer": 1}))
    assert found == {"batch_size": 16, "optimizer": "adam"}


def test_what_does_not_exist_is_not_asked_for():
    space = space_of(
        {"optimizer": {"values": ["sgd", "momentum"]}, "momentum": {"min": 0.1, "max": 0.9}},
        conditions={"momentum": {"optimizer": ["momentum"]}},
    )
    assert suggested(space, optuna.trial.FixedTrial({"optimizer": 0})) == {"optimizer": "sgd"}
    both = suggested(space, optuna.trial.FixedTrial({"optimizer": 1, "momentum": 0.5}))
    assert both == {"optimizer": "momentum", "momentum": pytest.approx(0.5)}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_ends_of_the_quantiles_give_values_too(share):
    space = space_of({"learning_rate": {"distribution": "log_normal", "mu": -3, "sigma": 1}})
    assert suggested(space, optuna.trial.FixedTrial({"learning_rate": share}))["learning_rate"] > 0
