"""Softplus, a smooth max(z, 0)."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Softplus(Activation):
    """sigma(z) = log(1 + exp(z)); sigma' is the logistic function, 1 - exp(-a)."""

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = log(1 + exp(-|z|)) + max(z, 0), which does not overflow."""
        np.abs(z, scratch)
        np.negative(scratch, scratch)
        np.exp(scratch, scratch)
        np.log1p(scratch, scratch)
        np.maximum(z, self.zero, out=a)
        np.add(a, scratch, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by 1 - exp(-a)."""
        np.negative(a, scratch)
        np.expm1(scratch, scratch)
        np.negative(scratch, scratch)
        np.multiply(delta, scratch, delta)
