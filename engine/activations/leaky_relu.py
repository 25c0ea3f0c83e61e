"""The rectified linear unit with a small slope for negative inputs (Maas, Hannun and Ng 2013)."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.activations.piecewise import keep_above_zero
from engine.arrays import Array


class LeakyRelu(Activation):
    """sigma(z) = max(z, 0) + slope min(z, 0); sigma' is 1 above 0, the slope elsewhere."""

    default_slope = 0.01

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = max(z, 0) + slope min(z, 0)."""
        np.maximum(z, self.zero, out=scratch)
        np.minimum(z, self.zero, out=a)
        np.multiply(a, slope, a)
        np.add(a, scratch, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by 1 or slope; the sign of `a` tells, as a slope is never negative here."""
        np.multiply(delta, slope, scratch)
        keep_above_zero(delta, scratch, a, self.zero, self.one)
