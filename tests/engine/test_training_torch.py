"""Values, gradients and whole training curves against PyTorch in float64, to 1e-9."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest

from engine.hyperparameter_choices import ACTIVATIONS, OPTIMIZERS, SCHEDULES
from engine.hyperparameters import configuration
from engine.randomness import order
from engine.training import Training
from engine.trials import Trial
from tests.services.missing import missing

CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@pytest.fixture(scope="module")
def torch():
    if find_spec("torch") is None:
        missing("PyTorch, the oracle: pip install torch==2.13.0")
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(torch.float32)


def activation_of(torch, name, slope):
    nn = torch.nn
    return {
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "leaky_relu": lambda: nn.LeakyReLU(0.01 if slope is None else slope),
        "prelu": lambda: nn.PReLU(1, 0.25 if slope is None else slope),
        "elu": lambda: nn.ELU(1.0 if slope is None else slope),
        "softplus": nn.Softplus,
        "silu": nn.SiLU,
        "gelu": nn.GELU,
        "identity": nn.Identity,
        "arctan": lambda: Arctan(torch),
    }[name]()


def Arctan(torch):  # noqa: N802 - a class that can be made only once torch is there
    class Module(torch.nn.Module):
        def forward(self, z):
            return torch.atan(z)

    return Module()


class Peer:
    """The same network in PyTorch, with the weights of a state."""

    def __init__(self, torch, values, data, arrays):
        self.torch, self.values = torch, values
        sizes = (data.facts.features, *values["layers"], data.facts.outputs)
        names = values["activation"]
        names = [names] * len(values["layers"]) if isinstance(names, str) else names
        modules = []
        for layer, (inputs, units) in enumerate(pairwise(sizes)):
            linear = torch.nn.Linear(inputs, units)
            linear.weight.data = torch.tensor(arrays[f"weights_{layer + 1}"])
            linear.bias.data = torch.tensor(arrays[f"bias_{layer + 1}"])
            modules.append(linear)
            if layer < len(names):
                modules.append(activation_of(torch, names[layer], values.get("activation_slope")))
        self.network = torch.nn.Sequential(*modules)
        self.linears = [module for module in modules if isinstance(module, torch.nn.Linear)]

    def cost(self, inputs, targets):
        torch, name = self.torch, self.values["cost"]
        z = self.network(torch.tensor(inputs))
        y = torch.tensor(targets)
        if name == "cross_entropy":
            return torch.nn.functional.cross_entropy(z, y)
        if name == "binary_cross_entropy":
            return torch.nn.functional.binary_cross_entropy_with_logits(z, y)
        output = self.values.get("output_activation") or "sigmoid"
        a = {"identity": lambda: z, "sigmoid": z.sigmoid, "softmax": lambda: z.softmax(1)}[output]()
        squares = (a - y) ** 2
        return squares.mean() if name == "mean_squared_error" else squares.sum(1).mean()

    def objective(self, inputs, targets):
        """The cost with its penalty, l2/2 times the sum of squared weights."""
        penalty = sum((linear.weight**2).sum() for linear in self.linears)
        return self.cost(inputs, targets) + self.values.get("l2", 0) / 2 * penalty


def optimizer_of(torch, values, parameters):
    rate, epsilon = values["learning_rate"], values.get("epsilon", 1e-8)
    momentum = values.get("momentum", 0.9)
    return {
        "sgd": lambda: torch.optim.SGD(parameters, rate),
        "momentum": lambda: torch.optim.SGD(parameters, rate, momentum=momentum),
        "nesterov": lambda: torch.optim.SGD(parameters, rate, momentum=momentum, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(parameters, rate, eps=epsilon),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, rate, alpha=values.get("beta2", 0.99), eps=epsilon),
        "adam": lambda: torch.optim.Adam(
            parameters, rate, betas=(values.get("beta1", 0.9), values.get("beta2", 0.999)), eps=epsilon
        ),
    }[values.get("optimizer", "sgd")]()


def scheduler_of(torch, values, optimizer):
    schedules = torch.optim.lr_scheduler
    factor = values.get("schedule_factor", 0.5)
    return {
        "constant": lambda: schedules.ConstantLR(optimizer, factor=1.0),
        "step": lambda: schedules.StepLR(optimizer, values.get("schedule_epochs", 10), factor),
        "exponential": lambda: schedules.ExponentialLR(optimizer, factor),
        "cosine": lambda: schedules.CosineAnnealingLR(
            optimizer, values["epochs"], values.get("schedule_floor", 0.0) * values["learning_rate"]
        ),
    }[values.get("schedule", "constant")]()


def assert_same_curve(torch, data, values):
    values = {
        "layers": [7, 5],
        "activation": "tanh",
        "cost": "sum_of_squares",
        "learning_rate": 0.1,
        "initialization": "glorot_normal",
        "batch_size": 8,
        "epochs": 4,
        "precision": "float64",
        **values,
    }
    training = Training([Trial(configuration(values), 11, 12)], data)
    records = training.epochs()
    assert next(records).epoch == 0
    peer = Peer(torch, values, data, training.states()[0].arrays)
    parameters = list(peer.network.parameters())
    optimizer = optimizer_of(torch, values, parameters)
    scheduler = scheduler_of(torch, values, optimizer)
    for record in records:
        visited = order(12, record.epoch, len(data.train_inputs))
        squares = []
        for start in range(0, len(visited), 8):
            batch = visited[start : start + 8]
            optimizer.zero_grad()
            peer.objective(data.train_inputs[batch], data.train_targets[batch]).backward()
            norm = torch.nn.utils.get_total_norm([one.grad for one in parameters])
            squares.append(float(norm) ** 2)
            if values.get("clip_norm") and norm > values["clip_norm"]:
                for one in parameters:
                    one.grad *= values["clip_norm"] / norm
            optimizer.step()
        scheduler.step()
        with torch.no_grad():
            expected = float(peer.cost(data.train_inputs, data.train_targets))
            held_out = float(peer.cost(data.validation_inputs, data.validation_targets))
        np.testing.assert_allclose(record.train_cost[0], expected, **CLOSE)
        np.testing.assert_allclose(record.validation_cost[0], held_out, **CLOSE)
        np.testing.assert_allclose(record.gradient_norm[0], np.sqrt(np.mean(squares)), **CLOSE)
    arrays = training.states()[0].arrays
    for number, linear in enumerate(peer.linears, start=1):
        np.testing.assert_allclose(arrays[f"weights_{number}"], linear.weight.detach().numpy(), **CLOSE)
        np.testing.assert_allclose(arrays[f"bias_{number}"], linear.bias.detach().numpy(), **CLOSE)
    slopes = [one for name, one in peer.network.named_parameters() if one.numel() == 1 and "weight" in name]
    learned = [arrays[name] for name in arrays if name.startswith("slope_")]
    if learned:
        np.testing.assert_allclose(np.concatenate(learned), [float(one.detach()) for one in slopes], **CLOSE)


@pytest.fixture(scope="module")
def data(make_data):
    return make_data(precision="float64", samples=37, validation=11)


@pytest.mark.parametrize("activation", ACTIVATIONS.names)
@pytest.mark.parametrize("slope", [None, 0.4])
def test_every_activation_learns_the_same_curve(torch, data, activation, slope):
    assert_same_curve(torch, data, {"activation": activation, "activation_slope": slope})


def test_each_layer_may_have_its_own_activation(torch, data):
    assert_same_curve(torch, data, {"activation": ["prelu", "gelu"]})


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
@pytest.mark.parametrize("cost", ["sum_of_squares", "mean_squared_error"])
def test_squares_learn_the_same_curve_on_every_output(torch, data, cost, output):
    assert_same_curve(torch, data, {"cost": cost, "output_activation": output})


@pytest.mark.parametrize("cost", ["cross_entropy", "binary_cross_entropy"])
def test_the_entropies_learn_the_same_curve(torch, data, cost):
    assert_same_curve(torch, data, {"cost": cost})


@pytest.mark.parametrize("optimizer", OPTIMIZERS.names)
@pytest.mark.parametrize("extra", [{}, {"l2": 0.05}, {"clip_norm": 0.1}, {"l2": 0.05, "clip_norm": 0.1}])
def test_every_optimizer_learns_the_same_curve_with_penalty_and_clipping(torch, data, optimizer, extra):
    assert_same_curve(torch, data, {"optimizer": optimizer, "learning_rate": 0.02, **extra})


def test_settings_of_the_optimizers_mean_the_same(torch, data):
    assert_same_curve(torch, data, {"optimizer": "momentum", "momentum": 0.3})
    assert_same_curve(torch, data, {"optimizer": "nesterov", "momentum": 0.3})
    assert_same_curve(torch, data, {"optimizer": "adagrad", "epsilon": 1e-3})
    assert_same_curve(torch, data, {"optimizer": "rmsprop", "beta2": 0.8, "epsilon": 1e-3})
    assert_same_curve(torch, data, {"optimizer": "adam", "beta1": 0.5, "beta2": 0.8, "epsilon": 1e-3})


@pytest.mark.parametrize("schedule", SCHEDULES.names)
def test_every_schedule_learns_the_same_curve(torch, data, schedule):
    values = {"schedule": schedule, "schedule_factor": 0.3, "schedule_epochs": 2, "schedule_floor": 0.1}
    assert_same_curve(torch, data, {**values, "optimizer": "momentum", "epochs": 6})


def test_a_regression_learns_the_same_curve(torch, make_data):
    data = make_data(task="regression", outputs=2, precision="float64")
    assert_same_curve(torch, data, {"output_activation": "identity", "cost": "mean_squared_error"})
