"""What every distribution can do: turn a number between 0 and 1 into one of its values.

Drawing goes through the inverse of the cumulative distribution function, so that a draw depends on one uniform number
alone and has no state. Called by `sweeps.random_search`. Light: no NumPy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod


class Distribution(ABC):
    """A distribution of numbers. Subclasses are frozen dataclasses of its parameters."""

    @abstractmethod
    def inverse(self, share: float) -> float:
        """The value below which `share` of all draws lie; `share` is strictly between 0 and 1. Never decreasing."""

    @property
    @abstractmethod
    def ends(self) -> tuple[float, float]:
        """The lowest and highest value it can give; infinite where it has no bound."""

    @property
    def whole(self) -> bool:
        """Whether it gives whole numbers only, as `int`."""
        return False

    @property
    def size(self) -> int | None:
        """How many different values it gives, where that is known and finite."""
        return None
