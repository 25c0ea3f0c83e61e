"""Gradients against central differences of the cost itself, for every activation and cost."""

from __future__ import annotations

import numpy as np
import pytest

from engine.costs.registry import COSTS
from engine.evaluation import Evaluation, sample_blocks
from engine.hyperparameter_choices import ACTIVATIONS
from engine.hyperparameters import configuration
from engine.network import network
from engine.pool import Pool
from engine.propagation import activate_output, backward, forward
from engine.workspace import Workspace

STEP = 1e-6


def gradient_and_differences(values, data):
    net = network(configuration({"precision": "float64", **values}), data.facts)
    generator = np.random.default_rng(3)
    parameters = generator.normal(0, 0.7, (1, net.layout.count))
    gradient = np.zeros_like(parameters)
    inputs = np.hstack([data.train_inputs, np.ones((len(data.train_inputs), 1))])
    work = Workspace(net, parameters, gradient, len(inputs), Pool("float64"))
    forward(work, inputs[None])
    activate_output(work)
    backward(work, inputs[None], np.ascontiguousarray(data.train_targets.T)[None])
    shifted = np.repeat(parameters, 2 * net.layout.count, axis=0)
    for number in range(net.layout.count):
        shifted[2 * number, number] += STEP
        shifted[2 * number + 1, number] -= STEP
    blocks = sample_blocks(inputs, data.train_targets, data.train_labels, net)
    costs = Evaluation(net, shifted, Pool("float64")).score(blocks).cost
    return gradient[0], (costs[::2] - costs[1::2]) / (2 * STEP)


@pytest.mark.parametrize("activation", ACTIVATIONS.names)
def test_every_activations_gradient_equals_the_differences_of_the_cost(make_data, activation):
    values = {"layers": [6, 4], "activation": activation, "cost": "mean_squared_error", "activation_slope": 0.3}
    gradient, differences = gradient_and_differences(values, make_data(precision="float64"))
    np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-8)


PAIRS = [
    (name, output)
    for name, cost in COSTS.items()
    for output in ("identity", "sigmoid", "softmax")
    if cost.cancels in (None, output)
]


@pytest.mark.parametrize(("cost", "output"), PAIRS)
def test_every_cost_and_outputs_gradient_equals_the_differences_of_the_cost(make_data, cost, output):
    values = {"layers": [5], "activation": "tanh", "cost": cost, "output_activation": output}
    gradient, differences = gradient_and_differences(values, make_data(precision="float64"))
    np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-8)


def test_without_hidden_layers_the_gradient_is_that_of_a_linear_model(make_data):
    gradient, differences = gradient_and_differences({"layers": []}, make_data(precision="float64"))
    np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-8)
