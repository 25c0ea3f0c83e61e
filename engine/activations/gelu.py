"""GELU in its exact form, z Phi(z) (Hendrycks and Gimpel 2016), Phi the normal distribution function."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
from scipy.special import erf

from engine.activations.base import Activation, Slope
from engine.arrays import Array, number


class Gelu(Activation):
    """sigma(z) = z Phi(z); sigma' = Phi(z) + z phi(z) with phi the normal density."""

    keeps_input = True

    def __init__(self, precision: str) -> None:
        super().__init__(precision)
        self._root_half, self._minus_half = number(1 / sqrt(2), precision), number(-0.5, precision)
        self._density_at_zero = number(1 / sqrt(2 * pi), precision)

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = z Phi(z)."""
        self._distribution(z, scratch)
        np.multiply(z, scratch, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by Phi(z) + z phi(z); `a` is left as it is."""
        self._distribution(z, scratch)
        density = np.multiply(z, z)
        np.multiply(density, self._minus_half, density)
        np.exp(density, density)
        np.multiply(density, self._density_at_zero, density)
        np.multiply(density, z, density)
        np.add(scratch, density, scratch)
        np.multiply(delta, scratch, delta)

    def _distribution(self, z: Array, out: Array) -> None:
        """Phi(z) = (1 + erf(z / sqrt 2)) / 2."""
        np.multiply(z, self._root_half, out)
        erf(out, out=out)
        np.add(out, self.one, out)
        np.multiply(out, self.half, out)
