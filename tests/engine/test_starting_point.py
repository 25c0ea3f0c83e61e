"""The starting point of a network: against a slow network written from the equations, and against theory."""

import numpy as np
import pytest

from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.initial_parameters import initial_parameters
from engine.network import network
from engine.starting_point import sharpness, starting_point
from engine.trials import Trial


@pytest.fixture(scope="module")
def iris():
    return split(load("iris"), 0.2, 1, "standard", "float64")


def trial(**values):
    return Trial(configuration({"dataset": "iris", "precision": "float64"} | values), 3, 4)


def parameters(one, data):
    arrays = initial_parameters(one, network(one.configuration, data.facts))
    return [(arrays[f"weights_{layer}"], arrays[f"bias_{layer}"]) for layer in (1, 2)]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slow_gradient(layers, data):
    """Sigmoid units and half the squares, sample by sample: (layer 1, layer 2), weights and biases in one vector."""
    (first, b1), (second, b2) = layers
    totals = [0, 0]
    for x, y in zip(data.train_inputs, data.train_targets, strict=True):
        hidden = sigmoid(first @ x + b1)
        a = sigmoid(second @ hidden + b2)
        delta2 = (a - y) * a * (1 - a)
        delta1 = (second.T @ delta2) * hidden * (1 - hidden)
        totals[0] = totals[0] + np.append(np.outer(delta1, x), delta1)
        totals[1] = totals[1] + np.append(np.outer(delta2, hidden), delta2)
    return [total / len(data.train_inputs) for total in totals]


def test_the_gradient_norms_are_those_of_the_equations(iris):
    one = trial(layers=[5], initialization="normal", initialization_scale=1.0)
    found = starting_point(one, iris)
    scale = np.array([np.linalg.norm(part) for part in slow_gradient(parameters(one, iris), iris)])
    assert found.gradient_norms == pytest.approx(2 * scale, rel=1e-9)  # the engine's squares have no half


def test_the_cost_is_that_of_the_equations(iris):
    one = trial(layers=[5], initialization="normal", initialization_scale=1.0)
    (first, b1), (second, b2) = parameters(one, iris)
    outputs = sigmoid(sigmoid(iris.train_inputs @ first.T + b1) @ second.T + b2)
    expected = ((outputs - iris.train_targets) ** 2).sum(axis=1).mean()
    assert starting_point(one, iris).cost == pytest.approx(expected, rel=1e-9)


def test_the_sharpness_of_a_linear_network_is_the_largest_eigenvalue_of_its_inputs(iris):
    one = trial(layers=[], cost="mean_squared_error", output_activation="identity")
    inputs = np.hstack([iris.train_inputs, np.ones((len(iris.train_inputs), 1))])
    largest = np.linalg.eigvalsh(inputs.T @ inputs / len(inputs))[-1]
    assert sharpness(one, iris) == pytest.approx(2 * largest / 3, rel=1e-3)


def test_gradient_descent_is_stable_just_below_two_over_the_sharpness_and_not_above(iris):
    one = trial(layers=[], cost="mean_squared_error", output_activation="identity")
    bound = 2 / sharpness(one, iris)
    inputs = np.hstack([iris.train_inputs, np.ones((len(iris.train_inputs), 1))])
    for factor, stable in ((0.95, True), (1.05, False)):
        weights = np.zeros((inputs.shape[1], 3))
        for _ in range(400):
            error = inputs @ weights - iris.train_targets
            weights -= factor * bound * (2 / 3) * inputs.T @ error / len(inputs)
        assert (np.abs(weights).max() < 100) == stable


def test_saturated_and_dead_units_are_counted_before_training(iris):
    wild = starting_point(trial(layers=[40], initialization="normal", initialization_scale=100.0), iris)
    calm = starting_point(trial(layers=[40], initialization="glorot_normal"), iris)
    assert wild.saturated_shares[0] > 0.5
    assert calm.saturated_shares == (0.0,)
    silent = starting_point(trial(layers=[8, 8], activation="relu", initial_bias=-50), iris)
    assert silent.dead_shares == (1.0, 1.0)
    assert np.isnan(silent.saturated_shares).all()


def test_deep_sigmoid_layers_from_small_weights_get_hardly_any_gradient(iris):
    small = starting_point(trial(layers=[8] * 5, initialization="normal", initialization_scale=0.1), iris)
    assert small.gradient_norms[0] < 1e-4 * small.gradient_norms[-1]
