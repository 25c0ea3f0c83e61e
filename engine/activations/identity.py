"""The identity: a linear layer."""

from __future__ import annotations

from engine.activations.base import Activation, Slope
from engine.arrays import Array


class Identity(Activation):
    """sigma(z) = z; sigma' = 1."""

    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = z, which is already there."""

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Leaves delta."""
