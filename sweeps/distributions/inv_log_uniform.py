"""`inv_log_uniform`, `inv_log_uniform_values`: log(1/X) is uniform.

W&B's `inv_log_uniform` bounds log(1/X) by `min` and `max`, so X lies between exp(-max) and exp(-min);
`inv_log_uniform_values` bounds X itself. The density of log X is uniform, as for `log_uniform_values`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class InverseLogUniform(Distribution):
    """exp(-X) for X uniform on [low, high]: bounds of log(1/value).

    `values`: the bounds of the value as the user gave them, where they are given so.
    """

    low: float
    high: float
    values: tuple[float, float] | None = None

    def inverse(self, share: float) -> float:
        """Counted from the upper exponent, so that the value grows with `share`."""
        least, greatest = self.ends
        return min(greatest, max(least, exp(-(self.high * (1 - share) + self.low * share))))

    @property
    def ends(self) -> tuple[float, float]:
        """The bounds as values, the lower one first."""
        return self.values or (exp(-self.high), exp(-self.low))
