"""The exponential linear unit (Clevert, Unterthiner and Hochreiter 2016)."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.activations.piecewise import keep_above_zero
from engine.arrays import Array


class Elu(Activation):
    """sigma(z) = z above 0, alpha (exp(z) - 1) elsewhere; sigma' = 1 and a + alpha. `slope` is alpha."""

    default_slope = 1.0

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = max(z, 0) + alpha (exp(min(z, 0)) - 1)."""
        np.maximum(z, self.zero, out=scratch)
        np.minimum(z, self.zero, out=a)
        np.expm1(a, a)
        np.multiply(a, slope, a)
        np.add(a, scratch, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by a + alpha, except above 0."""
        np.add(a, slope, scratch)
        np.multiply(delta, scratch, scratch)
        keep_above_zero(delta, scratch, a, self.zero, self.one)
