"""A seeded bootstrap interval of a median. B. Efron, "Bootstrap methods: another look at the jackknife" (1979)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
MOST_RESAMPLES = 2000
FEWEST_RESAMPLES = 200
MOST_DRAWS = 4_000_000
SEED = 1979


def median_interval(numbers: NDArray[np.float64]) -> tuple[float, float]:
    """The percentile interval of the median at `LEVEL`, resampling `numbers` (finite, not empty).

    The same numbers give the same interval. With few of them it is narrower than it should be.
    """
    count = len(numbers)
    resamples = max(FEWEST_RESAMPLES, min(MOST_RESAMPLES, MOST_DRAWS // count))
    random = np.random.Generator(np.random.Philox(SEED))
    medians = np.median(numbers[random.integers(0, count, (resamples, count))], axis=1)
    low, high = np.quantile(medians, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)
