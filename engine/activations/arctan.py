"""The arctangent."""

from __future__ import annotations

from math import pi

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Arctan(Activation):
    """sigma(z) = arctan(z); sigma' = 1 / (1 + z^2)."""

    keeps_input = True
    bounds = (-pi / 2, pi / 2)

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = arctan(z)."""
        np.arctan(z, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Divides delta by 1 + z^2."""
        np.multiply(z, z, scratch)
        np.add(scratch, self.one, scratch)
        np.divide(delta, scratch, delta)
