"""How fast a cost falls: an exponential and a power law fitted to it, with intervals, or refused with the reason.

Least squares over epochs 1 to the last (epoch 0 says where the weights were drawn), by variable projection
(`comparison.curves.decay`). Intervals are profile intervals: the values at which the sum of squares rises by what
Fisher's F allows (Bates and Watts, *Nonlinear Regression Analysis and Its Applications*, 1988, section 6.1), with as
many independent residuals as their autocorrelation leaves (Bayley and Hammersley, *The "effective" number of
independent observations in an autocorrelated time series*, 1946). The noise: `comparison.curves.weighting`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import f as fisher

from comparison.curves.decay import Basis, Decay, Numbers, Profile
from comparison.curves.refusing import Evidence, refusal
from comparison.curves.weighting import weighted

LEVEL = 0.95
FEWEST_EPOCHS = 8
PARAMETERS = 3
FURTHEST = 1.0  # fall of the fitted curve: an asymptote that may lie further from the best one is not bounded
EXACT = 1e-12  # of the whole sum of squares: a residual that is rounding alone


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % profile interval; a fit whose interval is open is refused."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Fit:
    """cost = asymptote + amplitude g(epoch): g is exp(-rate epoch), or epoch to the power of -rate.

    `half_life` (exponential only): epochs in which what is left above the asymptote halves. `r_squared`: share of the
    variance explained; `deviation`: root mean square residual over the fall of the fitted curve; `noise`: constant, or
    proportional to the cost. Where `refused` says why the fit is not to be believed, the estimates are None.
    """

    asymptote: Estimate | None
    amplitude: float | None
    rate: Estimate | None
    half_life: Estimate | None
    r_squared: float | None
    deviation: float | None
    noise: str | None
    refused: str | None


def exponential(costs: Sequence[float | None]) -> Fit:
    """The fit of c + a exp(-k t), half-lives from a tenth of an epoch to 14 times the curve; `costs` from epoch 0."""
    bounds = (0.05 / max(1, len(costs)), 7.0)
    return _fit(costs, lambda epochs, rate: np.exp(-rate * epochs), bounds, half_lives=True)


def power_law(costs: Sequence[float | None]) -> Fit:
    """The fit of c + a t^-b, b from 0.01 to 10; `costs` by epoch from 0."""
    return _fit(costs, lambda epochs, rate: epochs**-rate, (0.01, 10.0), half_lives=False)


def _fit(costs: Sequence[float | None], basis: Basis, bounds: tuple[float, float], *, half_lives: bool) -> Fit:
    known = [cost for cost in costs[1:] if cost is not None]
    if len(known) < len(costs) - 1:
        return _refused("a cost is not finite")
    if len(known) < FEWEST_EPOCHS:
        return _refused(f"{len(known)} epochs are fewer than {FEWEST_EPOCHS}")
    epochs, numbers = np.arange(1.0, len(known) + 1), np.array(known)
    if numbers.max() <= numbers.min():
        return _refused("the cost does not fall")
    profile, best, noise = weighted(epochs, numbers, basis, bounds)
    evidence = _evidence(profile, best, basis(epochs, best.theta), half_lives)
    reason = refusal(evidence)
    return _believed(best, evidence, noise) if reason is None else _doubted(evidence, reason)


def _evidence(profile: Profile, best: Decay, shape: Numbers, half_lives: bool) -> Evidence:
    count = len(shape)
    fall = best.amplitude * float(shape[0] - shape[-1])
    autocorrelation = _autocorrelation(profile, best)
    limit = _limit(profile, best, count, autocorrelation)
    rates = profile.theta_interval(best, limit)
    return Evidence(
        epochs=count,
        fall=fall,
        r_squared=1 - best.squares / profile.whole,
        deviation=math.sqrt(float(best.residuals @ best.residuals) / count) / fall if fall > 0 else math.inf,
        autocorrelation=autocorrelation,
        half_life=math.log(2) / best.theta if half_lives else None,
        rate_interval=rates,
        asymptote_interval=profile.asymptote_interval(best, limit, rates, FURTHEST * abs(fall)) if rates else None,
    )


def _autocorrelation(profile: Profile, best: Decay) -> float:
    """Of neighbouring residuals in units of their noise, 0 at least; 0 where the residuals are rounding alone."""
    if best.squares <= EXACT * profile.whole:
        return 0.0
    scaled = best.residuals * np.sqrt(profile.weights)
    return max(0.0, float(scaled[1:] @ scaled[:-1]) / best.squares)


def _limit(profile: Profile, best: Decay, count: int, autocorrelation: float) -> float:
    """The sum of squares up to which a value is not excluded."""
    independent = count * (1 - autocorrelation) / (1 + autocorrelation)
    free = max(1.0, independent - PARAMETERS)
    least = max(best.squares, EXACT * profile.whole)
    return least * (1 + float(fisher.ppf(LEVEL, 1, free)) / free)


def _believed(best: Decay, evidence: Evidence, noise: str) -> Fit:
    assert evidence.rate_interval is not None
    assert evidence.asymptote_interval is not None
    slow, fast = evidence.rate_interval
    halves = [math.log(2) / rate for rate in (best.theta, fast, slow)]
    return Fit(
        asymptote=Estimate(best.asymptote, *evidence.asymptote_interval),
        amplitude=best.amplitude,
        rate=Estimate(best.theta, slow, fast),
        half_life=Estimate(*halves) if evidence.half_life is not None else None,
        r_squared=evidence.r_squared,
        deviation=evidence.deviation,
        noise=noise,
        refused=None,
    )


def _doubted(evidence: Evidence, reason: str) -> Fit:
    deviation = evidence.deviation if math.isfinite(evidence.deviation) else None
    return Fit(None, None, None, None, evidence.r_squared, deviation, None, reason)


def _refused(reason: str) -> Fit:
    return Fit(None, None, None, None, None, None, None, reason)
