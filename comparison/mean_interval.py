"""Intervals of a mean at `LEVEL`: of differences by Student's t, of costs on the logarithm of the mean.

Called by `comparison.paired`, `comparison.bands` and, with simulated numbers, by `benchmarks.statistics`. Columns are
independent problems that share the resamples, so that thousands cost two matrix products. Deterministic.

Positive numbers, such as costs, are skewed: mean times and divided by exp(t error / mean), as for positive parameters
in W. Meeker and L. Escobar, "Statistical methods for reliability data" (1998), chapter 7. From 10 numbers on the
symmetric studentised bootstrap takes t's place: P. Hall, "On symmetric bootstrap confidence intervals" (1988). A
percentile bootstrap of 5 normal numbers holds their mean in 84 of 100 cases, not in 95 (docs/statistics.md).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

LEVEL = 0.95
FEWEST_FOR_BOOTSTRAP = 10
RESAMPLES = 1999
MOST_COLUMNS = 1000  # at a time, so that the resampled means stay within some 50 MB
SEED = 1979

Numbers = NDArray[np.float64]


def mean_interval(numbers: Numbers, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """Low and high ends, (columns,) each, for the means over the rows of `numbers` (rows, columns), all finite.

    Student's t, from `FEWEST_FOR_BOOTSTRAP` rows on the studentised bootstrap. NaN where there is one row only.
    """
    if len(numbers) < FEWEST_FOR_BOOTSTRAP:
        return t_interval(numbers, level)
    return studentised_interval(numbers, level)


def positive_mean_interval(numbers: Numbers, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """The same for numbers that cannot be below 0: on the logarithm of the mean, in columns without a 0.

    Not for numbers of either sign: a column of them that happens to be positive would be judged wrongly.
    """
    positive = np.all(numbers > 0, axis=0)
    low, high = (np.full(numbers.shape[1], np.nan) for _ in range(2))
    for columns, interval in ((positive, _on_logarithm), (~positive, mean_interval)):
        low[columns], high[columns] = interval(numbers[:, columns], level)
    return low, high


def t_interval(numbers: Numbers, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """The mean and so many standard errors to both sides as Student's t says."""
    mean, error = _mean_and_error(numbers)
    half = _critical(level, len(numbers) - 1) * error
    return mean - half, mean + half


def studentised_interval(numbers: Numbers, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """The symmetric bootstrap-t interval: a quantile of |resampled mean - mean| / resampled error takes t's place."""
    mean, error = _mean_and_error(numbers)
    half = _resampled(numbers, level) * error
    return mean - half, mean + half


def _on_logarithm(numbers: Numbers, level: float) -> tuple[Numbers, Numbers]:
    mean, error = _mean_and_error(numbers)
    few = len(numbers) < FEWEST_FOR_BOOTSTRAP
    critical = _critical(level, len(numbers) - 1) if few else _resampled(numbers, level, logarithm=True)
    factor = np.exp(critical * error / mean)
    return mean / factor, mean * factor


def _mean_and_error(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Of each column; the error is NaN of one row."""
    mean = numbers.mean(axis=0)
    if len(numbers) < 2:
        return mean, np.full_like(mean, np.nan)
    return mean, numbers.std(axis=0, ddof=1) / np.sqrt(len(numbers))


@cache
def _critical(level: float, degrees: int) -> float:
    return float(student.ppf((1 + level) / 2, degrees))


def _resampled(numbers: Numbers, level: float, *, logarithm: bool = False) -> Numbers:
    """What takes t's place in each column: the quantile at `level` of the resampled statistics' size."""
    shares = _shares(len(numbers))
    found = np.empty(numbers.shape[1])
    for first in range(0, numbers.shape[1], MOST_COLUMNS):
        statistics = _statistics(numbers[:, first : first + MOST_COLUMNS], shares, logarithm=logarithm)
        found[first : first + MOST_COLUMNS] = np.quantile(np.abs(statistics), level, axis=0)
    return found


@cache
def _shares(count: int) -> Numbers:
    """(resamples, count): how large a share of each resample each row is."""
    random = np.random.Generator(np.random.Philox(SEED))
    return random.multinomial(count, np.full(count, 1 / count), RESAMPLES) / count


def _statistics(numbers: Numbers, shares: Numbers, *, logarithm: bool) -> Numbers:
    """(resamples, columns): how far each resampled mean is from the mean, over its own standard error."""
    mean, error = _mean_and_error(numbers)
    centred = numbers - mean
    moved = shares @ centred
    errors = np.sqrt(np.maximum(shares @ centred**2 - moved**2, 0) / (len(numbers) - 1))
    varies = errors > 1e-12 * error
    if logarithm:
        moved, errors = np.log1p(moved / mean), errors / (mean + moved)
    return np.divide(moved, errors, out=np.zeros_like(moved), where=varies)
