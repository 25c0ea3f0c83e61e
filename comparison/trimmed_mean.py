"""The interquartile mean and its interval. Called by `comparison.bands`.

The mean of what is left when a quarter of the numbers is cut off at each end (rounded down): less noisy than the
median, less moved by single bad seeds than the mean (R. Agarwal and others, "Deep reinforcement learning at the edge of
the statistical precipice", 2021). Interval: J. Tukey and D. McLaughlin, "Less vulnerable confidence and significance
procedures for location" (1963): Student's t with the winsorised standard deviation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from comparison.mean_interval import LEVEL

CUT = 0.25

Numbers = NDArray[np.float64]


def interquartile_mean(numbers: Numbers) -> Numbers:
    """(columns,) over the rows of `numbers` (rows, columns); infinite where an infinite number is left."""
    cut = int(CUT * len(numbers))
    kept: Numbers = np.sort(numbers, axis=0)[cut : len(numbers) - cut].mean(axis=0)
    return kept


def interquartile_mean_interval(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Low and high ends at `LEVEL`, (columns,) each; NaN where there are fewer than 2 rows, or one infinite is left."""
    count, cut = len(numbers), int(CUT * len(numbers))
    ordered = np.sort(numbers, axis=0)
    kept = ordered[cut : count - cut]
    degrees = len(kept) - 1
    if degrees < 1:
        unknown = np.full(numbers.shape[1], np.nan)
        return unknown, unknown
    winsorised = np.concatenate([np.repeat(kept[:1], cut, 0), kept, np.repeat(kept[-1:], cut, 0)])
    with np.errstate(invalid="ignore"):
        error = winsorised.std(axis=0, ddof=1) / ((len(kept) / count) * np.sqrt(count))
        half = student.ppf((1 + LEVEL) / 2, degrees) * error
        return kept.mean(axis=0) - half, kept.mean(axis=0) + half
