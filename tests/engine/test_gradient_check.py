import numpy as np
import pytest

from engine.activations.registry import ACTIVATIONS
from engine.activations.tanh import Tanh
from engine.data.loading import load
from engine.data.splitting import split
from engine.gradient_check import check_configuration, gradient_check
from engine.hyperparameters import configuration

IRIS = split(load("iris"), 0.2, 0, precision="float64")
DIABETES = split(load("diabetes"), 0.2, 0, precision="float64")
CONFIGURATIONS = [
    {},
    {"layers": []},
    {"cost": "cross_entropy", "l2": 0.3},
    {"cost": "binary_cross_entropy", "dropout": 0.4, "layers": [9, 7]},
    {"cost": "mean_squared_error", "output_activation": "softmax"},
    {"optimizer": "adam", "schedule": "cosine", "schedule_warmup": 3, "clip_norm": 1e-3, "learning_rate": 7.0},
    {"precision": "float32", "batch_size": 1, "cost_recording": "running_mean"},
    *(
        {"activation": name, "layers": [6, 5], "initialization": "he_normal"}
        for name in ACTIVATIONS
        if name != "softmax"
    ),
    {"activation": ["prelu", "leaky_relu"], "layers": [6, 5], "activation_slope": 0.2, "initialization": "orthogonal"},
]


@pytest.mark.parametrize("values", CONFIGURATIONS, ids=str)
def test_backpropagation_agrees_with_finite_differences(values):
    settings = {"initialization": "glorot_normal", "layers": [8], **values}
    check = gradient_check(configuration(settings), IRIS, init_seed=3, data_seed=5)
    assert check.passed
    assert max(one.relative_error for one in check.arrays) < 1e-6
    assert not any(one.too_small for one in check.arrays)
    assert {one.layer for one in check.arrays} == set(range(1, len(settings["layers"]) + 2))
    assert {"weights", "bias"} <= {one.kind for one in check.arrays}
    assert ("slope" in {one.kind for one in check.arrays}) == ("prelu" in str(values.get("activation")))


def test_a_configuration_alone_is_enough():
    chosen = configuration({"dataset": "wine", "scaling": "standard", "layers": [5]})
    data = split(load("wine"), 0.3, 7, "standard", "float64")
    assert check_configuration(chosen, 1, 2, 7, 0.3) == gradient_check(chosen, data, 1, 2)


def test_regression_agrees_too():
    check = gradient_check(configuration({"dataset": "diabetes", "activation": "tanh", "l2": 0.01}), DIABETES)
    assert check.passed
    assert check.samples == 16


def test_a_wrong_derivative_is_found_in_the_layers_below_it(monkeypatch):
    monkeypatch.setattr(Tanh, "backward", lambda self, delta, *others: None)
    chosen = configuration({"activation": "tanh", "layers": [6, 5], "initialization": "glorot_normal"})
    check = gradient_check(chosen, IRIS)
    assert not check.passed
    assert {one.layer for one in check.arrays if not one.passed} == {1, 2}
    assert max(one.relative_error for one in check.arrays) > 1e-3


def test_a_gradient_that_is_off_by_a_thousandth_is_found(monkeypatch):
    right = Tanh.backward

    def nearly_right(self, delta, z, a, slope, scratch):
        right(self, delta, z, a, slope, scratch)
        delta *= 1.001

    monkeypatch.setattr(Tanh, "backward", nearly_right)
    check = gradient_check(configuration({"activation": "tanh", "initialization": "glorot_normal"}), IRIS)
    worst = max(one.relative_error for one in check.arrays)
    assert not check.passed
    assert worst == pytest.approx(1e-3, rel=0.01)


def test_a_vanished_gradient_is_called_too_small_to_tell():
    check = gradient_check(configuration({"layers": [6] * 8}), IRIS, numbers=5)
    assert check.arrays[0].too_small
    assert not check.arrays[-1].too_small
    assert check.passed


def test_a_step_across_a_kink_is_told_from_an_error():
    """One weighted input of a ReLU lies nearer to its kink than the step is long."""
    chosen = configuration({"activation": "relu", "layers": [1], "initialization": "he_normal"})
    inputs = IRIS.train_inputs[:1]
    arrays = {
        "weights_1": np.ones((1, 4)),
        "bias_1": np.array([3e-7 - inputs.sum()]),
        "weights_2": np.ones((3, 1)),
        "bias_2": np.zeros(3),
    }
    check = gradient_check(chosen, IRIS, samples=1, arrays=arrays)
    assert check.passed


def test_digits_are_checked_on_a_part_of_the_weights():
    check = gradient_check(configuration({}), split(load("digits"), 0.2, 0, precision="float64"), numbers=10)
    assert [one.checked for one in check.arrays] == [10, 10, 10, 10]
    assert check.passed
