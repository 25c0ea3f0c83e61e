"""Outcomes of networks that were really trained: what each learning rate is known to do."""

from functools import cache

import numpy as np
import pytest

from comparison.curve import Curve
from comparison.outcome import Outcome, outcome
from engine.data.baseline import constant_predictor_cost
from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.training import Training
from engine.trials import Trial


@cache
def curves(rates, **values):
    """One curve per learning rate, trained together."""
    whole = configuration(values)
    data = split(load(whole.dataset), 0.2, 5, whole.scaling, whole.precision)
    trials = [Trial(configuration({**values, "learning_rate": rate}), 1, 2) for rate in rates]
    costs = [([], []) for _ in trials]
    with np.errstate(all="ignore"):
        for record in Training(trials, data, layer_health=False).epochs():
            for place, train, validation in zip(record.trials, record.train_cost, record.validation_cost, strict=True):
                costs[place][0].append(float(train) if np.isfinite(train) else None)
                costs[place][1].append(float(validation) if np.isfinite(validation) else None)
    constant = constant_predictor_cost(data, whole.cost)
    found = (Curve(tuple(train), tuple(validation), constant) for train, validation in costs)
    return dict(zip(rates, found, strict=True))


def digits(**values):
    return curves((0.1, 0.5, 2.0, 10.0), dataset="digits", epochs=20, batch_size=16, **values)


@pytest.mark.parametrize("rate", [0.1, 0.5, 2.0])
def test_digits_still_descend_after_20_epochs_at_usable_rates(rate):
    assert outcome(digits(layers=(32,))[rate]) is Outcome.STILL_DESCENDING


def test_sigmoids_and_squares_stick_at_a_learning_rate_of_10():
    curve = digits(layers=(32,))[10.0]
    assert outcome(curve) is Outcome.STUCK
    assert None not in curve.train_cost


def test_two_sigmoid_layers_from_small_weights_are_stuck_at_a_learning_rate_of_a_tenth():
    assert outcome(digits(layers=(32, 32))[0.1]) is Outcome.STUCK


def test_a_linear_network_on_squares_diverges_beyond_its_largest_stable_rate():
    found = curves((0.01, 3.0), dataset="diabetes", epochs=40, layers=(), cost="mean_squared_error", batch_size=16)
    assert outcome(found[3.0]) is Outcome.DIVERGED
    assert outcome(found[0.01]) in {Outcome.STILL_DESCENDING, Outcome.PLATEAUED}


def test_long_training_of_a_small_regression_converges():
    found = curves((0.05,), dataset="diabetes", epochs=400, layers=(), cost="mean_squared_error", batch_size=32)
    assert outcome(found[0.05]) is Outcome.CONVERGED


def test_a_large_network_on_little_data_overfits():
    found = curves(
        (0.05,),
        dataset="diabetes",
        epochs=400,
        layers=(64, 64),
        activation="relu",
        initialization="he_normal",
        batch_size=8,
    )
    assert outcome(found[0.05]) is Outcome.OVERFITTING
