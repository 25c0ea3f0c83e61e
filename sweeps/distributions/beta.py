"""`beta`: on [0, 1], with shapes `a` and `b` (W&B's defaults 1 and 1, which is uniform)."""

from __future__ import annotations

from dataclasses import dataclass

from sweeps.distributions.base import Distribution


@dataclass(frozen=True)
class Beta(Distribution):
    """Beta(a, b); both shapes above 0."""

    a: float
    b: float

    def inverse(self, share: float) -> float:
        """The inverse of the regularised incomplete beta function."""
        from scipy.special import betaincinv  # loaded when a sweep needs it: everything else here does without NumPy

        return float(betaincinv(self.a, self.b, share))

    @property
    def ends(self) -> tuple[float, float]:
        """The unit interval."""
        return 0.0, 1.0
