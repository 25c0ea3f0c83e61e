"""SiLU, or swish: z times its logistic function (Elfwing, Uchibe and Doya 2018)."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Silu(Activation):
    """sigma(z) = z s with s = logistic(z); sigma' = s + a (1 - s)."""

    keeps_input = True

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = z s."""
        self._logistic(z, scratch)
        np.multiply(z, scratch, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by s + a (1 - s) = s (1 - a) + a; `z` is overwritten: nothing needs it any more."""
        self._logistic(z, scratch)
        np.subtract(self.one, a, z)
        np.multiply(scratch, z, scratch)
        np.add(scratch, a, scratch)
        np.multiply(delta, scratch, delta)

    def _logistic(self, z: Array, out: Array) -> None:
        np.multiply(z, self.half, out)
        np.tanh(out, out)
        np.multiply(out, self.half, out)
        np.add(out, self.half, out)
