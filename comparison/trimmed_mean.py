"""The interquartile mean and its interval. Called by `comparison.bands`.

The mean of what is left when a quarter of the numbers is cut off at each end (rounded down): less noisy than the
median, less moved by single bad seeds than the mean (R. Agarwal and others, "Deep reinforcement learning at the edge of
the statistical precipice", 2021). Interval: J. Tukey and D. McLaughlin, "Less vulnerable confidence and significance
procedures for location" (1963): so many standard errors, from the winsorised numbers, to both sides. How many they took
from Student's t, which is too few of less than some 40 numbers (it holds 93.9 % of 5); here it is what simulated normal
numbers need, as in K. Patel, G. Mudholkar and J. Fernando, "Student's t approximations for three simple robust
estimators" (1988).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from comparison.mean_interval import LEVEL

CUT = 0.25
MOST_SIMULATED = 40
DRAWS = 40_000
SEED = 1963

Numbers = NDArray[np.float64]


def interquartile_mean(numbers: Numbers) -> Numbers:
    """(columns,) over the rows of `numbers` (rows, columns); infinite where an infinite number is left."""
    kept: Numbers = _kept(numbers).mean(axis=0)
    return kept


def interquartile_mean_interval(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Low and high ends at `LEVEL`, (columns,) each; NaN where there are fewer than 2 rows, or one infinite is left."""
    kept = _kept(numbers)
    if len(kept) < 2:
        unknown = np.full(numbers.shape[1], np.nan)
        return unknown, unknown
    with np.errstate(invalid="ignore"):
        half = _critical(len(numbers)) * _error(kept, _cut(numbers))
        return kept.mean(axis=0) - half, kept.mean(axis=0) + half


def _cut(numbers: Numbers) -> int:
    """How many are cut off at each end."""
    return int(CUT * len(numbers))


def _kept(numbers: Numbers) -> Numbers:
    return np.sort(numbers, axis=0)[_cut(numbers) : len(numbers) - _cut(numbers)]


def _error(kept: Numbers, cut: int) -> Numbers:
    """The standard error: what was cut off counts as if it were as large as the last that was kept."""
    winsorised = np.concatenate([np.repeat(kept[:1], cut, 0), kept, np.repeat(kept[-1:], cut, 0)])
    squares = winsorised.var(axis=0) * len(winsorised)
    return np.asarray(np.sqrt(squares / (len(kept) * (len(kept) - 1))))


@cache
def _critical(count: int) -> float:
    """So many standard errors the mean of what is kept of `count` normal numbers is off in 1 - `LEVEL` of the cases."""
    cut = int(CUT * count)
    if cut == 0 or count > MOST_SIMULATED:
        return float(student.ppf((1 + LEVEL) / 2, count - 2 * cut - 1))
    kept = _kept(np.random.Generator(np.random.Philox(SEED)).normal(size=(count, DRAWS)))
    return float(np.quantile(np.abs(kept.mean(axis=0)) / _error(kept, cut), LEVEL))
