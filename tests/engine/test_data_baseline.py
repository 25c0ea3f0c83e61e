from math import log

import numpy as np
import pytest

from engine.data.baseline import constant_predictor_cost
from engine.data.dataset import classification, regression
from engine.data.loading import load
from engine.data.splitting import split


def cost_of(name, targets, prediction):
    """Each cost written out for one prediction (outputs,) made for all samples."""
    if name == "sum_of_squares":
        return ((targets - prediction) ** 2).sum(axis=1).mean()
    if name == "mean_squared_error":
        return ((targets - prediction) ** 2).mean()
    if name == "cross_entropy":
        return -(targets * np.log(prediction)).sum(axis=1).mean()
    return -(targets * np.log(prediction) + (1 - targets) * np.log(1 - prediction)).mean()


@pytest.mark.parametrize("cost", ["sum_of_squares", "mean_squared_error", "cross_entropy", "binary_cross_entropy"])
def test_no_constant_prediction_is_better(cost):
    data = split(load("wine"), 0.2, 3, precision="float64")
    best = constant_predictor_cost(data, cost)
    mean = data.train_targets.mean(axis=0)
    assert best == pytest.approx(cost_of(cost, data.train_targets, mean))
    random = np.random.default_rng(0)
    for size in (1e-3, 1e-2, 1e-1):
        other = np.clip(mean + size * random.standard_normal(len(mean)), 1e-6, 1 - 1e-6)
        assert best < cost_of(cost, data.train_targets, other / other.sum())


def test_two_equal_classes_cost_one_bit():
    dataset = classification("coin", "test", np.arange(8.0)[:, np.newaxis], np.arange(8) % 2, ("a", "b"))
    data = split(dataset, 0.25, 1)
    assert constant_predictor_cost(data, "cross_entropy") == pytest.approx(log(2))
    assert constant_predictor_cost(data, "sum_of_squares") == pytest.approx(0.5)


def test_a_class_that_training_never_sees_costs_nothing():
    labels = np.zeros(10, dtype=np.int64)
    data = split(classification("one", "test", np.arange(10.0)[:, np.newaxis], labels, ("a", "b")), 0.25, 1)
    assert constant_predictor_cost(data, "cross_entropy") == 0.0
    assert constant_predictor_cost(data, "binary_cross_entropy") == 0.0


def test_an_unknown_cost_is_refused():
    data = split(regression("line", "test", np.ones((4, 1)), np.arange(4.0)[:, np.newaxis]), 0.25, 1)
    with pytest.raises(ValueError, match="unknown cost"):
        constant_predictor_cost(data, "hinge")
