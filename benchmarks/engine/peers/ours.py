"""Our engine: one fused training, driven epoch by epoch as the worker drives it.

It draws its own mini-batch orders, within the time that is measured as everyone's are; and it always takes the norms
of its gradients, and checks for divergence when it evaluates, which the peers do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.peers.base import Peer
from benchmarks.engine.problem import LEARNING_RATE, Problem, Weights
from engine.arrays import unbuffered
from engine.hyperparameters import configuration
from engine.training import Training
from engine.trials import Trial


class Ours(Peer):
    name = "backsweep"
    takes_orders = False
    layer_health = False

    def __init__(self, problem: Problem) -> None:
        self.training = training(problem, self.layer_health)
        self.trials = problem.trials
        self.records = self.training.epochs()
        next(self.records)
        self.epoch = 0

    def update(self, orders: NDArray[np.int32]) -> None:
        self.epoch += 1
        # What `Training.epochs` does before it evaluates; nothing outside the engine may ask for half an epoch.
        with unbuffered():
            for array in self.training._arrays:
                array.train_epoch(self.epoch, lambda: None)

    def update_and_evaluate(self, orders: NDArray[np.int32]) -> None:
        record = next(self.records)
        assert len(record.trials) == self.trials, "a trial has diverged and left"

    def evaluate(self) -> None:
        raise NotImplementedError("an epoch's evaluation is part of its record")

    def weights(self) -> Weights:
        raise NotImplementedError("it draws its own orders, so its weights are no one else's")


def training(problem: Problem, layer_health: bool) -> Training:
    """The case as a fused training; every trial has its own seeds, so its own mini-batch order."""
    chosen = configuration(
        {
            "layers": problem.workload.sizes[1:-1],
            "activation": "sigmoid",
            "output_activation": "sigmoid",
            "cost": "sum_of_squares",
            "learning_rate": LEARNING_RATE,
            "batch_size": problem.workload.batch,
            "epochs": 100_000,
        }
    )
    trials = [Trial(chosen, init_seed=trial, data_seed=trial) for trial in range(problem.trials)]
    return Training(trials, problem.data, layer_health=layer_health)


PEER = Ours
