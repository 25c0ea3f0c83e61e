"""The hyperbolic tangent."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Tanh(Activation):
    """sigma(z) = tanh(z); sigma' = 1 - a^2."""

    bounds = (-1.0, 1.0)

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = tanh(z)."""
        np.tanh(z, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by 1 - a^2."""
        np.multiply(a, a, scratch)
        np.subtract(self.one, scratch, scratch)
        np.multiply(delta, scratch, delta)
