"""Training against a slow reference: plain loops over samples, units and layers, written from the equations.

The reference knows nothing of the engine but the initial weights and the order of the samples.
"""

from __future__ import annotations

import math

import pytest

from engine.hyperparameters import configuration
from engine.randomness import order
from engine.training import Training
from engine.trials import Trial


def sigma(name, z):
    if name == "sigmoid":
        return 1 / (1 + math.exp(-z))
    if name == "tanh":
        return math.tanh(z)
    if name == "relu":
        return max(z, 0.0)
    return z


def derivative(name, z):
    if name == "sigmoid":
        return sigma(name, z) * (1 - sigma(name, z))
    if name == "tanh":
        return 1 - math.tanh(z) ** 2
    if name == "relu":
        return 1.0 if z > 0 else 0.0
    return 1.0


def softmax(z):
    shifted = [math.exp(one - max(z)) for one in z]
    return [one / sum(shifted) for one in shifted]


class Reference:
    """One network, one sample at a time: weights[l][j][k] to unit j from unit k."""

    def __init__(self, weights, biases, activations, cost):
        self.weights, self.biases, self.activations, self.cost = weights, biases, activations, cost

    def forward(self, x):
        activations, weighted = [x], []
        for layer, (rows, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            before = activations[-1]
            z = [sum(w * a for w, a in zip(row, before, strict=True)) + b for row, b in zip(rows, biases, strict=True)]
            weighted.append(z)
            name = self.activations[layer]
            activations.append(softmax(z) if name == "softmax" else [sigma(name, one) for one in z])
        return weighted, activations

    def cost_of(self, x, y):
        output = self.forward(x)[1][-1]
        if self.cost == "cross_entropy":
            return -sum(t * math.log(a) for a, t in zip(output, y, strict=True) if t)
        total = sum((a - t) ** 2 for a, t in zip(output, y, strict=True))
        return total / len(y) if self.cost == "mean_squared_error" else total

    def gradient(self, x, y):
        weighted, activations = self.forward(x)
        output = activations[-1]
        if self.cost == "cross_entropy":
            delta = [a - t for a, t in zip(output, y, strict=True)]
        else:
            factor = 2 / len(y) if self.cost == "mean_squared_error" else 2
            derivatives = [derivative(self.activations[-1], z) for z in weighted[-1]]
            delta = [factor * (a - t) * d for a, t, d in zip(output, y, derivatives, strict=True)]
        gradients = []
        for layer in range(len(self.weights) - 1, -1, -1):
            before = activations[layer]
            gradients.insert(0, ([[d * a for a in before] for d in delta], list(delta)))
            if layer:
                rows = self.weights[layer]
                back = [sum(rows[j][k] * delta[j] for j in range(len(rows))) for k in range(len(before))]
                derivatives = [derivative(self.activations[layer - 1], z) for z in weighted[layer - 1]]
                delta = [b * d for b, d in zip(back, derivatives, strict=True)]
        return gradients

    def update(self, samples, eta):
        """One step along the mean gradient of the samples; returns the square of that gradient's norm."""
        gradients = [self.gradient(x, y) for x, y in samples]
        square = 0.0
        for layer, rows in enumerate(self.weights):
            for j, row in enumerate(rows):
                for k in range(len(row)):
                    mean = sum(one[layer][0][j][k] for one in gradients) / len(samples)
                    row[k] -= eta * mean
                    square += mean**2
                mean = sum(one[layer][1][j] for one in gradients) / len(samples)
                self.biases[layer][j] -= eta * mean
                square += mean**2
        return square


CASES = [
    ("sum_of_squares", "sigmoid", ["sigmoid", "sigmoid"]),
    ("mean_squared_error", "identity", ["tanh", "relu"]),
    ("cross_entropy", "softmax", ["relu", "tanh"]),
]


@pytest.mark.parametrize(("cost", "output", "hidden"), CASES)
def test_a_whole_training_equals_the_loops_over_samples(make_data, cost, output, hidden):
    data = make_data(features=4, outputs=3, samples=23, validation=7, precision="float64")
    values = {
        "layers": [5, 3],
        "activation": hidden,
        "cost": cost,
        "output_activation": output,
        "initialization": "glorot_uniform",
        "initial_bias": 0.1,
        "learning_rate": 0.3,
        "batch_size": 5,  # 23 = 4 * 5 + 3: the last mini-batch is averaged over its own three samples
        "epochs": 3,
        "precision": "float64",
    }
    training = Training([Trial(configuration(values), 7, 8)], data)
    records = training.epochs()
    first = next(records)
    arrays = training.states()[0].arrays
    network = Reference(
        [arrays[f"weights_{layer}"].tolist() for layer in (1, 2, 3)],
        [arrays[f"bias_{layer}"].tolist() for layer in (1, 2, 3)],
        [*hidden, output],
        cost,
    )
    train = list(zip(data.train_inputs.tolist(), data.train_targets.tolist(), strict=True))
    held_out = list(zip(data.validation_inputs.tolist(), data.validation_targets.tolist(), strict=True))
    check(first, network, train, held_out)
    for record in records:
        visited = [train[sample] for sample in order(8, record.epoch, 23)]
        squares = [network.update(visited[start : start + 5], 0.3) for start in range(0, 23, 5)]
        check(record, network, train, held_out)
        assert record.gradient_norm[0] == pytest.approx(math.sqrt(sum(squares) / len(squares)), rel=1e-9)
        assert record.updates == 5 * record.epoch


def check(record, network, train, held_out):
    for samples, cost, accuracy in (
        (train, record.train_cost, record.train_accuracy),
        (held_out, record.validation_cost, record.validation_accuracy),
    ):
        assert cost[0] == pytest.approx(sum(network.cost_of(x, y) for x, y in samples) / len(samples), rel=1e-9)
        outputs = [network.forward(x)[1][-1] for x, _ in samples]
        hits = [out.index(max(out)) == y.index(1) for out, (_, y) in zip(outputs, samples, strict=True)]
        assert accuracy[0] == pytest.approx(sum(hits) / len(hits))
