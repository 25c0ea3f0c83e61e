"""scikit-learn's `MLPRegressor`, one network after the other, an epoch per `partial_fit`.

Not quite the same work: its squared error goes with identity outputs (ours: sigmoid), it shuffles by itself, and it
draws its own weights. It is the nearest that scikit-learn has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPRegressor

from benchmarks.engine.peers.base import Evaluation, Peer
from benchmarks.engine.problem import LEARNING_RATE, Problem, Weights


class SklearnMLP(Peer):
    name = "scikit-learn MLP"
    most_trials = 4
    takes_orders = False

    def __init__(self, problem: Problem) -> None:
        self.data = problem.data
        self.networks = [
            MLPRegressor(
                hidden_layer_sizes=problem.workload.sizes[1:-1],
                activation="logistic",
                solver="sgd",
                alpha=0.0,
                batch_size=problem.workload.batch,
                learning_rate_init=LEARNING_RATE / 10,
                momentum=0.0,
                nesterovs_momentum=False,
                random_state=trial,
            )
            for trial in range(problem.trials)
        ]
        targets = self.data.train_targets
        self.targets = targets[:, 0] if targets.shape[1] == 1 else targets

    def update(self, orders: NDArray[np.int32]) -> None:
        for network in self.networks:
            network.partial_fit(self.data.train_inputs, self.targets)

    def evaluate(self) -> Evaluation:
        data = self.data
        train = [_figures(n, data.train_inputs, data.train_targets, data.train_labels) for n in self.networks]
        validation = [
            _figures(n, data.validation_inputs, data.validation_targets, data.validation_labels) for n in self.networks
        ]
        (train_cost, train_accuracy), (cost, accuracy) = (np.array(one).T for one in (train, validation))
        return Evaluation(train_cost, cost, train_accuracy, accuracy)

    def weights(self) -> Weights:
        return [np.stack([n.coefs_[layer].T for n in self.networks]) for layer in range(self.networks[0].n_layers_ - 1)]


def _figures(network, inputs, targets, labels):
    output = network.predict(inputs).reshape(len(inputs), -1)
    cost = ((output - targets) ** 2).sum(axis=1).mean()
    return cost, float("nan") if labels is None else (output.argmax(axis=1) == labels).mean()


PEER = SklearnMLP
