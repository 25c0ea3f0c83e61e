"""Momentum (Polyak 1964), in the form of `torch.optim.SGD(momentum=...)`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.hyperparameters import Configuration
from engine.optimizers.base import Optimizer


class Momentum(Optimizer):
    """v <- mu v + g; theta <- theta - eta v."""

    slots = ("velocity",)

    def __init__(self, configurations: Sequence[Configuration], precision: str) -> None:
        super().__init__(configurations, precision)
        self._momentum = self._column([one.momentum for one in configurations])

    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """One step along the velocity."""
        (velocity,) = kept
        np.multiply(velocity, self._momentum, velocity)
        np.add(velocity, gradient, velocity)
        np.multiply(velocity, rates, gradient)
        np.subtract(parameters, gradient, parameters)
