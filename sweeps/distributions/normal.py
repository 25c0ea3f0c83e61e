"""`normal`: mean `mu` (W&B's default 0), standard deviation `sigma` (1)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from statistics import NormalDist

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class Normal(Distribution):
    """Gaussian; `sigma` 0 gives `mu` always."""

    mu: float
    sigma: float

    def inverse(self, share: float) -> float:
        """The quantile function, by Wichura's algorithm AS241 (Python's `statistics`)."""
        return NormalDist(self.mu, self.sigma).inv_cdf(share) if self.sigma else self.mu

    @property
    def ends(self) -> tuple[float, float]:
        """None."""
        return -inf, inf
