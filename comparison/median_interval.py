"""An interval of a median from the order statistics: exact for every continuous distribution, infinite numbers too.

Called by `comparison.value_comparison` and `comparison.bands`. T. Hettmansperger and S. Sheather, "Confidence intervals
based on interpolated order statistics" (1986). Of fewer than 5 numbers no interval is given; of 5 it is their range,
whose level is 93.75 %.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from comparison.mean_interval import LEVEL

FEWEST = 5

Numbers = NDArray[np.float64]


def median_interval(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Low and high ends, (columns,) each, for the medians over the rows of `numbers` (rows, columns).

    Numbers may be infinite but not NaN. Raises ValueError below `FEWEST` rows.
    """
    count = len(numbers)
    if count < FEWEST:
        raise ValueError(f"an interval of a median needs {FEWEST} numbers, not {count}")
    ordered = np.sort(numbers, axis=0)
    place, weight = _place(count)
    return (
        _between(ordered[place - 1], ordered[place], weight),
        _between(ordered[count - place], ordered[count - place - 1], weight),
    )


def _between(outer: Numbers, inner: Numbers, weight: float) -> Numbers:
    """`weight` of the way from the outer order statistic to the inner one; an infinite end stays infinite."""
    if weight == 0:
        return outer
    with np.errstate(invalid="ignore"):
        mixed = (1 - weight) * outer + weight * inner
    return np.where(np.isinf(outer), outer, mixed)


@cache
def _place(count: int) -> tuple[int, float]:
    """k, and the weight of the order statistic k + 1 beside k (from 1), for the level."""
    levels = 1 - 2 * binom.cdf(np.arange(count // 2), count, 0.5)  # of the intervals from order statistic 1, 2, ...
    place = max(1, int(np.sum(levels >= LEVEL)))
    if levels[place - 1] <= LEVEL:
        return place, 0.0
    inner = levels[place] if place < len(levels) else 0.0
    excess = (levels[place - 1] - LEVEL) / (levels[place - 1] - inner)
    return place, float((count - place) * excess / (place + (count - 2 * place) * excess))
