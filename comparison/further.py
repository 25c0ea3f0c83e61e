"""How many new replicates would decide what so far is undecided. Called by `comparison.verdict`.

A result that was undecided looks smaller than its effect is, as one that was published looks larger: a test
has chosen them. So the effect is taken from the distribution of t given that it was undecided: it is the
lower end of a one-sided interval of confidence `ASSURANCE`, for an effect taken too large asks for too few.
D. Taylor and K. Muller, "Bias in linear model power and sample size calculation due to estimating
noncentrality" (1996); S. Anderson, K. Kelley and S. Maxwell, "Sample-size planning for more accurate statistical
power" (2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from comparison.power import chance_within, replicates_needed

ASSURANCE = 2 / 3
SMALLEST, LARGEST = 0.3, 6.0  # effects, in standard deviations, that are planned for
STEPS = 20  # of a bisection: the effect to 1e-5
NEVER = 1e-9  # so seldom undecided that the chances are rounding errors: the effect is smaller

Numbers = NDArray[np.float64]


def further_replicates(statistics: Numbers, pairs: NDArray[np.int64], level: float) -> NDArray[np.int64]:
    """How many new replicates, judged alone at `level`, decide with a chance of 80 %; (results,), at least 3.

    `statistics`: t of each result, of so many `pairs` (at least 3). 0 where t alone would have decided, or where
    `comparison.power.MOST_REPLICATES` are too few.
    """
    undecided = np.abs(statistics) < -stdtrit(pairs - 1, level / 2)
    return np.where(undecided, replicates_needed(effects_if_undecided(statistics, pairs, level), level), 0)


def effects_if_undecided(statistics: Numbers, pairs: NDArray[np.int64], level: float) -> Numbers:
    """The effect under which `ASSURANCE` of the undecided results look smaller; within `SMALLEST` and `LARGEST`."""
    sizes, counts = np.abs(statistics), pairs.astype(np.float64)
    critical = -stdtrit(counts - 1, level / 2)
    low, high = np.full(len(sizes), SMALLEST), np.full(len(sizes), LARGEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        undecided = chance_within(critical, counts, middle)
        larger = (chance_within(sizes, counts, middle) > ASSURANCE * undecided) & (undecided > NEVER)
        low, high = np.where(larger, middle, low), np.where(larger, high, middle)
    return low
