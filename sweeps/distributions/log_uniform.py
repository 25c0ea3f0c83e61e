"""`log_uniform`, `log_uniform_values`: the logarithm is uniform; for what matters by factors, such as learning rates.

W&B's `log_uniform` takes natural-log exponents as its bounds (values lie between exp(min) and exp(max));
`log_uniform_values` takes the values themselves. Both become this one class.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class LogUniform(Distribution):
    """exp(X) for X uniform on [low, high]: natural-log exponents.

    `values`: the bounds as the user gave them, where they are values: a logarithm and its exponential round.
    """

    low: float
    high: float
    values: tuple[float, float] | None = None

    def inverse(self, share: float) -> float:
        """The exponential of a linear function."""
        least, greatest = self.ends
        return min(greatest, max(least, exp(self.low * (1 - share) + self.high * share)))

    @property
    def ends(self) -> tuple[float, float]:
        """The bounds as values."""
        return self.values or (exp(self.low), exp(self.high))
