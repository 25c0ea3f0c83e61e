"""`int_uniform`: every whole number from `min` to `max`, both included, is equally likely.

W&B's default where both bounds are integers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class IntUniform(Distribution):
    """Uniform on the whole numbers low, low + 1, ..., high."""

    low: int
    high: int

    def inverse(self, share: float) -> int:
        """Equal parts of [0, 1], one for each number."""
        return min(self.high, self.low + int(share * (self.high - self.low + 1)))

    @property
    def ends(self) -> tuple[int, int]:
        """The bounds."""
        return self.low, self.high

    @property
    def whole(self) -> bool:
        """Always."""
        return True

    @property
    def size(self) -> int:
        """How many whole numbers there are between the bounds."""
        return self.high - self.low + 1
