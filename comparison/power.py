"""How many replicates a paired t test needs to see an effect. Called by `comparison.further`, `comparison.paired`.

Power by the noncentral t distribution (J. Cohen, "Statistical power analysis for the behavioral sciences", 1988).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import nctdtr, stdtrit

POWER = 0.8
FEWEST = 3
MOST_REPLICATES = 1000

Numbers = NDArray[np.float64]


def power(effects: Numbers, counts: Numbers, level: float) -> Numbers:
    """The chance that a two-sided t test at `level` sees a mean difference of `effects` standard deviations.

    `counts`: pairs, at least 2. Elementwise.
    """
    return np.clip(1 - chance_within(-stdtrit(counts - 1, level / 2), counts, effects), 0, 1)


def chance_within(sizes: Numbers, counts: Numbers, effects: Numbers) -> Numbers:
    """The chance that t of `counts` pairs is within -size and size. Elementwise."""
    shift = np.abs(effects) * np.sqrt(counts)
    below, far_below = (nctdtr(counts - 1, shift, ends) for ends in (sizes, -sizes))
    return np.asarray(np.nan_to_num(below) - np.nan_to_num(far_below))  # NaN: so far out that the series gives up


def hedges(count: int | NDArray[np.int64]) -> Numbers:
    """Hedges' correction of an effect size that `count` pairs gave, which is too large by its inverse (1981)."""
    return np.asarray(1 - 3 / (4 * (np.asarray(count, dtype=np.float64) - 1) - 1))


def replicates_needed(effects: Numbers, level: float) -> NDArray[np.int64]:
    """How many replicates (at least 3) give each effect a power as near to `POWER` as can be.

    0 where `MOST_REPLICATES` do not give it. Whole replicates are steps: of large effects one more is 15 points.
    """
    low = np.full(len(effects), FEWEST - 1)  # too few, or one less than the fewest there can be
    high = np.full(len(effects), MOST_REPLICATES)
    within_reach = power(effects, high.astype(float), level) >= POWER
    while np.any(high - low > 1):
        middle = np.maximum((low + high) // 2, FEWEST - 1)
        enough, going = power(effects, middle.astype(float), level) >= POWER, high - low > 1
        low, high = np.where(going & ~enough, middle, low), np.where(going & enough, middle, high)
    short = POWER - power(effects, low.astype(float), level)
    spare = power(effects, high.astype(float), level) - POWER
    nearest = np.where((low >= FEWEST) & (short < spare), low, high)
    return np.where(within_reach, nearest, 0)
