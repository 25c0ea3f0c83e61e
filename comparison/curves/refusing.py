"""Why a fit is not to be believed, in words; None where nothing speaks against it. Used by `comparison.curves.fitting`.

The rules are asked in order, the grossest fault first.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST_EXPLAINED = 0.9  # share of the variance
MOST_DEVIATION = 0.02  # of the fall: systematic residuals below this are not seen
SYSTEMATIC = 1.645  # standard errors of the residuals' autocorrelation: one in twenty by chance


@dataclass(frozen=True)
class Evidence:
    """What is known of a fit before it is believed.

    `fall`: by how much the fitted curve falls over the epochs; `deviation`: root mean square residual over it.
    `autocorrelation`: of neighbouring residuals. `half_life`: None for a power law. The intervals are None where the
    costs leave them open.
    """

    epochs: int
    fall: float
    r_squared: float
    deviation: float
    autocorrelation: float
    half_life: float | None
    rate_interval: tuple[float, float] | None
    asymptote_interval: tuple[float, float] | None


def refusal(evidence: Evidence) -> str | None:
    """The reason, or None."""
    if evidence.fall <= 0:
        return "the cost does not fall"
    if evidence.r_squared < LEAST_EXPLAINED:
        return f"it explains {evidence.r_squared:.1%} of the variance, less than {LEAST_EXPLAINED:.0%}"
    if _is_systematic(evidence):
        return (
            f"the residuals follow each other (autocorrelation {evidence.autocorrelation:.2f}) and are "
            f"{evidence.deviation:.1%} of the fall: the curve has another shape"
        )
    if evidence.half_life is not None and evidence.half_life > evidence.epochs:
        return f"the half-life, {evidence.half_life:.3g} epochs, lies beyond the {evidence.epochs} recorded"
    if evidence.rate_interval is None:
        return "the costs do not bound the rate"
    return _of_asymptote(evidence)


def _is_systematic(evidence: Evidence) -> bool:
    related = evidence.autocorrelation > SYSTEMATIC / evidence.epochs**0.5
    return related and evidence.deviation > MOST_DEVIATION


def _of_asymptote(evidence: Evidence) -> str | None:
    if evidence.asymptote_interval is None:
        return "the costs do not bound the asymptote: the curve is still too straight"
    high = evidence.asymptote_interval[1]
    if high < 0:
        return f"the asymptote is negative, at most {high:.3g}, which no cost can be"
    return None
