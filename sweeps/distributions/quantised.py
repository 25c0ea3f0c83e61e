"""`q_uniform`, `q_log_uniform`, `q_normal`, ...: another distribution, rounded to multiples of `q` (W&B's default 1).

W&B's rule: round(X / q) * q, halves to the even multiple. So a value may lie up to q/2 beyond the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class Quantised(Distribution):
    """`inner`, rounded to the nearest multiple of `q`, which is above 0."""

    inner: Distribution
    q: float

    def inverse(self, share: float) -> float:
        """The rounded value; an `int` where `q` is whole."""
        return self._rounded(self.inner.inverse(share))

    @property
    def ends(self) -> tuple[float, float]:
        """The rounded ends."""
        low, high = self.inner.ends
        return self._rounded(low), self._rounded(high)

    @property
    def whole(self) -> bool:
        """Where `q` is."""
        return float(self.q).is_integer()

    def _rounded(self, value: float) -> float:
        multiple = value / self.q
        if not isfinite(multiple):
            return multiple
        return round(multiple) * (int(self.q) if self.whole else self.q)
