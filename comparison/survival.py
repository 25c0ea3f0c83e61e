"""Epochs to a target where some trials never reached it: Kaplan and Meier's estimate. Called by `comparison.summary`.

A trial that had not reached the target when it ended is *censored*: it would have needed more epochs than it had.
E. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations" (1958); the test of two groups is
N. Mantel's log-rank test (1966). Intervals of the curve: log(-log), as R's and lifelines'.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf, logrank
from scipy.stats import t as student

from comparison.mean_interval import LEVEL

Numbers = NDArray[np.float64]
FEW = 50  # trials, whose estimates are kept
MEDIAN = 0.5 + 1e-12  # a share of one half is one half, whatever its last bit


@dataclass(frozen=True)
class Survival:
    """The share that has not reached the target after each of `times`, with its 95 % interval; steps at `times`."""

    times: Numbers
    share: Numbers
    low: Numbers
    high: Numbers

    def median(self) -> tuple[float | None, float | None, float | None]:
        """The first time at which half have reached it, and its interval; None: not within the time there was."""
        return _first(self.times, self.share), _first(self.times, self.low), _first(self.times, self.high)

    def restricted_mean(self, horizon: float) -> float:
        """The mean of the time to the target or to the horizon, whichever is first: the area under the curve."""
        times = np.concatenate([[0.0], np.minimum(self.times, horizon), [horizon]])
        return float(np.diff(times) @ np.concatenate([[1.0], self.share]))


def kaplan_meier(times: Sequence[float], reached: Sequence[bool]) -> Survival:
    """The estimate from at least one trial; `times`: when it reached the target, or else when it ended."""
    if len(times) > FEW:
        return _fitted(np.asarray(times, float), np.asarray(reached, bool))
    return _fitted_before(*zip(*sorted(zip(times, reached, strict=True)), strict=True))


@lru_cache(maxsize=10_000)  # in a large sweep most configurations have one of a few patterns
def _fitted_before(times: tuple[float, ...], reached: tuple[bool, ...]) -> Survival:
    return _fitted(np.asarray(times, float), np.asarray(reached, bool))


def _fitted(times: Numbers, reached: NDArray[np.bool_]) -> Survival:
    if not reached.any():
        ends = np.unique(times)
        return Survival(ends, *(np.ones(len(ends)) for _ in range(3)))
    fitted = ecdf(_censored(times, reached)).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of shares 1 and 0, whose intervals are not defined: filled in below
        band = fitted.confidence_interval(LEVEL, method="log-log")
    share = np.asarray(fitted.probabilities)
    certain = (share >= 1) | (share <= 0)
    low = np.where(certain, share, band.low.probabilities)
    high = np.where(certain, share, band.high.probabilities)
    return Survival(np.asarray(fitted.quantiles, dtype=np.float64), share, low, high)


def restricted_mean_interval(
    times: Sequence[float], reached: Sequence[bool], horizon: float, estimate: Survival | None = None
) -> tuple[float, float]:
    """The interval at 95 % of the restricted mean: Greenwood's variance, Student's t, within 0 and the horizon.

    Without censoring before the horizon it is the t interval of the mean. NaN of a single trial. `estimate`: that of
    these trials, where it is known.
    """
    count = len(times)
    estimate = estimate or kaplan_meier(times, reached)
    mean = estimate.restricted_mean(horizon)
    if count < 2:
        return math.nan, math.nan
    variance = _greenwood(np.asarray(times, float), np.asarray(reached, bool), estimate, horizon) * count / (count - 1)
    half = _critical(count - 1) * math.sqrt(variance)
    return max(0.0, mean - half), min(horizon, mean + half)


@cache
def _critical(degrees: int) -> float:
    return float(student.ppf((1 + LEVEL) / 2, degrees))


def logrank_p(
    times: Sequence[float], reached: Sequence[bool], other_times: Sequence[float], other_reached: Sequence[bool]
) -> float | None:
    """The p value of the log-rank test, two-sided; None where nothing was reached, or a group is empty."""
    if not times or not other_times or not (any(reached) or any(other_reached)):
        return None
    with np.errstate(all="ignore"):
        p = float(logrank(_censored(times, reached), _censored(other_times, other_reached)).pvalue)
    return p if math.isfinite(p) else None


def _censored(times: Sequence[float] | Numbers, reached: Sequence[bool] | NDArray[np.bool_]) -> CensoredData:
    return CensoredData.right_censored(np.asarray(times, float), ~np.asarray(reached, bool))


def _first(times: Numbers, share: Numbers) -> float | None:
    below = np.flatnonzero(share <= MEDIAN)
    return float(times[below[0]]) if len(below) else None


def _greenwood(times: Numbers, reached: NDArray[np.bool_], estimate: Survival, horizon: float) -> float:
    """Sum over the times before the horizon of (area to the right)^2 d / (n (n - d)): d reached it of n still there."""
    total = 0.0
    mean = estimate.restricted_mean(horizon)
    ordered = np.sort(times)
    at, counts = np.unique(times[reached & (times < horizon)], return_counts=True)
    left = len(times) - np.searchsorted(ordered, at)
    for time, there, events in zip(at.tolist(), left.tolist(), counts.tolist(), strict=True):
        area = mean - estimate.restricted_mean(float(time))
        if there > events:
            total += area**2 * events / (there * (there - events))
    return total
