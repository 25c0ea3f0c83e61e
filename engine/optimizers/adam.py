"""Adam (Kingma and Ba 2015, algorithm 1), in the form of `torch.optim.Adam`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.hyperparameters import Configuration
from engine.optimizers.base import Optimizer

DEFAULT_DECAY = 0.999


class Adam(Optimizer):
    """Mean and mean square of the gradients, each corrected for its start at zero.

    m <- beta1 m + (1 - beta1) g; s <- beta2 s + (1 - beta2) g^2;
    theta <- theta - eta / (1 - beta1^t) m / (sqrt(s / (1 - beta2^t)) + epsilon).
    """

    slots = ("mean", "squares")

    def __init__(self, configurations: Sequence[Configuration], precision: str) -> None:
        super().__init__(configurations, precision)
        self._beta1 = [one.beta1 for one in configurations]
        self._beta2 = [DEFAULT_DECAY if one.beta2 is None else one.beta2 for one in configurations]
        self._mean_decay, self._mean_rest = self._pair(self._beta1)
        self._squares_decay, self._squares_rest = self._pair(self._beta2)
        self._epsilon = self._column([one.epsilon for one in configurations])
        self.begin_update(1)

    def begin_update(self, number: int) -> None:
        """Corrections for the start at zero after `number` updates."""
        self._mean_correction = self._column([1.0 / (1.0 - beta**number) for beta in self._beta1])
        self._root_correction = self._column([(1.0 - beta**number) ** -0.5 for beta in self._beta2])

    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """One step along the mean gradient, in units of the root mean square."""
        mean, squares = kept
        np.multiply(gradient, self._mean_rest, scratch)
        np.multiply(mean, self._mean_decay, mean)
        np.add(mean, scratch, mean)
        np.multiply(gradient, gradient, scratch)
        np.multiply(scratch, self._squares_rest, scratch)
        np.multiply(squares, self._squares_decay, squares)
        np.add(squares, scratch, squares)
        np.sqrt(squares, scratch)
        np.multiply(scratch, self._root_correction, scratch)
        np.add(scratch, self._epsilon, scratch)
        np.multiply(mean, rates * self._mean_correction, gradient)
        np.divide(gradient, scratch, gradient)
        np.subtract(parameters, gradient, parameters)

    def _pair(self, decays: Sequence[float]) -> tuple[Array, Array]:
        """Beta and 1 - beta."""
        return self._column(decays), self._column([1.0 - decay for decay in decays])
