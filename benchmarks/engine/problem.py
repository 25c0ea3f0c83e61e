"""One case to measure: a workload's data, and the same initial weights for every peer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.workloads import Workload
from engine.data.catalog import DatasetFacts
from engine.data.loading import load
from engine.data.splitting import SplitData, split

LEARNING_RATE = 0.5
Weights = list[NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Problem:
    """`weights[l]` is (trials, to, from); biases begin at 0. `data` is float32; labels are None for `tiny`."""

    workload: Workload
    trials: int
    data: SplitData
    weights: Weights

    def orders(self, random: np.random.Generator) -> NDArray[np.int32]:
        """(trials, samples): the order in which each trial sees its training samples in one epoch."""
        samples = np.arange(self.workload.train_samples, dtype=np.int32)
        return random.permuted(np.broadcast_to(samples, (self.trials, len(samples))), axis=1)

    def first(self, trials: int) -> Problem:
        """The same problem with fewer trials."""
        return Problem(self.workload, trials, self.data, [weights[:trials] for weights in self.weights])


def problem(workload: Workload, trials: int) -> Problem:
    """The case of `trials` networks, their weights drawn from normal(0, 0.1)."""
    random = np.random.default_rng(1)
    shapes = [(trials, to, from_) for from_, to in workload.layers]
    weights = [(0.1 * random.standard_normal(shape)).astype(np.float32) for shape in shapes]
    data = split(load(workload.dataset), 0.2, 0) if workload.dataset else _random_data(workload)
    assert data.train_inputs.shape == (workload.train_samples, workload.sizes[0])
    assert data.validation_inputs.shape == (workload.validation_samples, workload.sizes[0])
    return Problem(workload, trials, data, weights)


def _random_data(workload: Workload) -> SplitData:
    random = np.random.default_rng(0)
    samples, outputs = workload.train_samples + workload.validation_samples, workload.sizes[-1]
    inputs = random.random((samples, workload.sizes[0]), dtype=np.float32)
    cut = workload.train_samples
    if outputs == 1:
        targets = random.random((samples, 1), dtype=np.float32)
        facts = DatasetFacts(workload.name, "regression", samples, workload.sizes[0], 1, "", "random numbers")
        return SplitData(facts, inputs[:cut], targets[:cut], None, inputs[cut:], targets[cut:], None)
    labels = random.integers(0, outputs, samples)
    targets = np.eye(outputs, dtype=np.float32)[labels]
    facts = DatasetFacts(workload.name, "classification", samples, workload.sizes[0], outputs, "", "random numbers")
    return SplitData(facts, inputs[:cut], targets[:cut], labels[:cut], inputs[cut:], targets[cut:], labels[cut:])
