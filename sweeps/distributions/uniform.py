"""`uniform`: every number between `min` and `max` is equally likely. W&B's default where a bound is a float."""

from __future__ import annotations

from dataclasses import dataclass

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class Uniform(Distribution):
    """Uniform on [low, high]."""

    low: float
    high: float

    def inverse(self, share: float) -> float:
        """Linear between the ends, in the form that cannot overflow."""
        return self.low * (1 - share) + self.high * share

    @property
    def ends(self) -> tuple[float, float]:
        """The bounds."""
        return self.low, self.high
