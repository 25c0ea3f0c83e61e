"""`log_normal`: the logarithm is normal with mean `mu` (W&B's default 0) and standard deviation `sigma` (1)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf

from sweeps.distributions.base import Distribution
from sweeps.distributions.normal import Normal

LARGEST_EXPONENT = 709.0  # of a double


@dataclass(frozen=True)
class LogNormal(Distribution):
    """exp(X) for X normal; what exceeds a double is infinite."""

    mu: float
    sigma: float

    def inverse(self, share: float) -> float:
        """The exponential of the normal quantile."""
        exponent = Normal(self.mu, self.sigma).inverse(share)
        return exp(exponent) if exponent <= LARGEST_EXPONENT else inf

    @property
    def ends(self) -> tuple[float, float]:
        """Positive, without upper bound."""
        return 0.0, inf
