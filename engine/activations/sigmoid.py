"""The logistic function, 1 / (1 + exp(-z))."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Sigmoid(Activation):
    """sigma(z) = (1 + tanh(z/2)) / 2, the same function: one vectorised tanh and no overflow; sigma' = a (1 - a)."""

    bounds = (0.0, 1.0)

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = (1 + tanh(z/2)) / 2."""
        np.multiply(z, self.half, a)
        np.tanh(a, a)
        np.multiply(a, self.half, a)
        np.add(a, self.half, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by a (1 - a)."""
        np.subtract(self.one, a, scratch)
        np.multiply(scratch, a, scratch)
        np.multiply(delta, scratch, delta)
