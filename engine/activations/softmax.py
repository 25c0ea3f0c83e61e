"""Softmax over the output units, exp(z_k) / sum_j exp(z_j); for outputs only."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Softmax(Activation):
    """Not elementwise: arrays are (trials, outputs, samples) and the sum runs over the outputs."""

    bounds = (0.0, 1.0)

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = exp(z - max z) over its sum: shifting by the largest changes nothing and cannot overflow."""
        row = scratch[:, :1, :]
        np.maximum.reduce(z, axis=1, keepdims=True, out=row)
        np.subtract(z, row, a)
        np.exp(a, a)
        np.add.reduce(a, axis=1, keepdims=True, out=row)
        np.divide(a, row, a)

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets delta = a (delta - sum_k delta_k a_k): the Jacobian of softmax, applied."""
        np.multiply(delta, a, scratch)
        inner = np.add.reduce(scratch, axis=1, keepdims=True)
        np.subtract(delta, inner, delta)
        np.multiply(delta, a, delta)
