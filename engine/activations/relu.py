"""The rectified linear unit, max(z, 0)."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Relu(Activation):
    """sigma(z) = max(z, 0); sigma' is 1 above 0 and 0 elsewhere, at 0 itself too (as in PyTorch)."""

    rectifies = True

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = max(z, 0)."""
        np.maximum(z, self.zero, out=a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by (a > 0)."""
        np.sign(a, scratch)
        np.multiply(delta, scratch, delta)
