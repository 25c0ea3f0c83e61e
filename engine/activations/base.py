"""What an activation function must be able to do. Called by `engine.propagation`, on contiguous arrays.

All arrays of a call have one shape, (trials, ...). `slope` is a number, or (trials, 1, 1) where it is learned;
functions without one ignore it. `scratch` may be overwritten.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from engine.arrays import Array, number

Slope = float | Array


class Activation(ABC):
    """An elementwise function sigma and its derivative.

    `keeps_input`: whether the derivative needs z itself; then `z` and `a` are different arrays, otherwise `a`
    overwrites `z`. `bounds`: the values it approaches but does not pass, None where it has no such pair.
    `rectifies`: whether a unit can be silent, with no gradient, for every sample. Works in one precision.
    """

    keeps_input: ClassVar[bool] = False
    default_slope: ClassVar[float] = 0.0
    learned: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float] | None] = None
    rectifies: ClassVar[bool] = False

    def __init__(self, precision: str) -> None:
        self.zero, self.half, self.one = (number(value, precision) for value in (0.0, 0.5, 1.0))

    @abstractmethod
    def apply(self, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets a = sigma(z)."""

    @abstractmethod
    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Sets delta = delta * sigma'(z), given dC/da in `delta`; may overwrite `z` and `a`: nothing needs them now."""
