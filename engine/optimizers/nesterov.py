"""Nesterov's momentum, in the form of `torch.optim.SGD(momentum=..., nesterov=True)` (Sutskever et al. 2013)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.optimizers.momentum import Momentum


class Nesterov(Momentum):
    """v <- mu v + g; theta <- theta - eta (g + mu v)."""

    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """One step along the velocity as it will be."""
        (velocity,) = kept
        np.multiply(velocity, self._momentum, velocity)
        np.add(velocity, gradient, velocity)
        np.multiply(velocity, self._momentum, scratch)
        np.add(gradient, scratch, gradient)
        np.multiply(gradient, rates, gradient)
        np.subtract(parameters, gradient, parameters)
