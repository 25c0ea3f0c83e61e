"""One NumPy network at a time: what a person writes who knows the equations and vectorises over the mini-batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.peers.base import Evaluation, Peer
from benchmarks.engine.problem import LEARNING_RATE, Problem, Weights


def sigmoid(z: NDArray[np.float32]) -> NDArray[np.float32]:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-z))


class Network:
    """One network; activations are (batch, units), weights (to, from)."""

    def __init__(self, weights: Weights) -> None:
        self.weights = [w.copy() for w in weights]
        self.biases = [np.zeros(len(w), dtype=w.dtype) for w in weights]

    def forward(self, inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        activations = [inputs]
        for w, b in zip(self.weights, self.biases, strict=True):
            activations.append(sigmoid(activations[-1] @ w.T + b))
        return activations

    def update(self, inputs: NDArray[np.float32], targets: NDArray[np.float32], step: float) -> None:
        activations = self.forward(inputs)
        output = activations[-1]
        delta = 2.0 * (output - targets) * output * (1.0 - output)
        gradients = []
        for layer in reversed(range(len(self.weights))):
            gradients.append((delta.T @ activations[layer], delta.sum(axis=0)))
            if layer:
                below = activations[layer]
                delta = (delta @ self.weights[layer]) * below * (1.0 - below)
        for layer, (w, b) in enumerate(reversed(gradients)):
            self.weights[layer] -= step / len(inputs) * w
            self.biases[layer] -= step / len(inputs) * b


class NumpySingle(Peer):
    name = "NumPy, one network at a time"
    most_trials = 8

    def __init__(self, problem: Problem) -> None:
        self.data, self.batch = problem.data, problem.workload.batch
        self.networks = [Network([w[trial] for w in problem.weights]) for trial in range(problem.trials)]

    def update(self, orders: NDArray[np.int32]) -> None:
        inputs, targets = self.data.train_inputs, self.data.train_targets
        for network, order in zip(self.networks, orders, strict=True):
            for start in range(0, len(order), self.batch):
                batch = order[start : start + self.batch]
                network.update(inputs[batch], targets[batch], LEARNING_RATE)

    def evaluate(self) -> Evaluation:
        data = self.data
        train = [self._figures(n, data.train_inputs, data.train_targets, data.train_labels) for n in self.networks]
        validation = [
            self._figures(n, data.validation_inputs, data.validation_targets, data.validation_labels)
            for n in self.networks
        ]
        (train_cost, train_accuracy), (cost, accuracy) = (np.array(one, dtype=float).T for one in (train, validation))
        return Evaluation(train_cost, cost, train_accuracy, accuracy)

    def _figures(
        self,
        network: Network,
        inputs: NDArray[np.float32],
        targets: NDArray[np.float32],
        labels: NDArray[np.int64] | None,
    ) -> tuple[float, float]:
        output = network.forward(inputs)[-1]
        cost = ((output - targets) ** 2).sum(axis=1).mean()
        return cost, float("nan") if labels is None else (output.argmax(axis=1) == labels).mean()

    def weights(self) -> Weights:
        return [np.stack(layer) for layer in zip(*(n.weights for n in self.networks), strict=True)]


PEER = NumpySingle
