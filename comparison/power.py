"""How many replicates a paired t test needs to see an effect. Called by `comparison.paired`.

Power by the noncentral t distribution (J. Cohen, "Statistical power analysis for the behavioral sciences", 1988).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nct
from scipy.stats import t as student

POWER = 0.8
MOST_REPLICATES = 1000

Numbers = NDArray[np.float64]


def power(effects: Numbers, counts: Numbers, level: float) -> Numbers:
    """The chance that a two-sided t test at `level` sees a mean difference of `effects` standard deviations.

    `counts`: pairs, at least 2. Elementwise.
    """
    degrees, shift = counts - 1, np.abs(effects) * np.sqrt(counts)
    critical = student.isf(level / 2, degrees)
    seen = nct.sf(critical, degrees, shift) + nct.cdf(-critical, degrees, shift)
    return np.asarray(np.clip(np.nan_to_num(seen, nan=1.0), 0, 1))  # NaN: so far out that the series gives up


def replicates_needed(effects: Numbers, level: float) -> NDArray[np.int64]:
    """The fewest replicates (at least 3) that give each effect the power `POWER`; 0 where `MOST_REPLICATES` do not."""
    low = np.full(len(effects), 2)  # too few, or the fewest there can be
    high = np.full(len(effects), MOST_REPLICATES)
    enough = power(effects, high.astype(float), level) >= POWER
    while np.any(high - low > 1):
        middle = (low + high) // 2
        good = power(effects, np.maximum(middle, 2).astype(float), level) >= POWER
        going = high - low > 1
        low, high = np.where(going & ~good, middle, low), np.where(going & good, middle, high)
    return np.where(enough, high, 0)
