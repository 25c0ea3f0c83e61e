"""Stochastic gradient descent: W <- W - eta dC/dW."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.optimizers.base import Optimizer


class Sgd(Optimizer):
    """theta <- theta - eta g."""

    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """One step against the gradient."""
        np.multiply(gradient, rates, gradient)
        np.subtract(parameters, gradient, parameters)
