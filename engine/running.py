"""The running mean of cost and accuracy over an epoch's mini-batches, as Keras and Lightning record them.

Used by `engine.training_array` where `cost_recording` asks for it; it saves the pass over the training set.
"""

from __future__ import annotations

import numpy as np

from engine.accuracy import correct
from engine.arrays import Array, number
from engine.evaluation import Scores
from engine.network import Network


class Running:
    """Adds up what the outputs of each update cost, before the update changes the weights."""

    def __init__(self, network: Network, classifies: bool, trials: int) -> None:
        self._network = network
        self._classifies = classifies
        self._totals, self._hits = np.zeros(trials), np.zeros(trials)
        self._samples = 0
        self._half = number(0.5, network.precision)

    def begin_epoch(self) -> None:
        """Starts again from nothing."""
        self._totals[:], self._hits[:], self._samples = 0, 0, 0

    def add_weighted_input(self, z: Array, targets: Array) -> None:
        """Takes z of the output: what is right, and what it costs where the cost is computed from that."""
        if self._classifies:
            self._hits += correct(z, targets > self._half, self._network.threshold)
        if self._network.cost.from_weighted_input:
            self._totals += self._network.cost.totals(z, targets, np.empty_like(z))
        self._samples += z.shape[2]

    def add_activation(self, a: Array, targets: Array) -> None:
        """Takes the output, where the cost is computed from that."""
        if not self._network.cost.from_weighted_input:
            self._totals += self._network.cost.totals(a, targets, np.empty_like(a))

    def scores(self) -> Scores:
        """Means over the samples seen since the epoch began."""
        scale = self._network.cost.cost_scale(self._network.sizes[-1])
        accuracy = self._hits / self._samples if self._classifies else np.full(len(self._hits), np.nan)
        return Scores(self._totals * scale / self._samples, accuracy)
