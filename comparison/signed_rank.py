"""Wilcoxon's signed-rank test, exact, with ties. Used by `comparison.marginals`.

F. Wilcoxon, "Individual comparisons by ranking methods" (1945); recommended for comparing two learners over several
problems by J. Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 50  # 2**50 sign patterns are still counted exactly in float64

Numbers = NDArray[np.float64]


def two_sided_p(differences: Numbers) -> float:
    """The p value of the hypothesis that each difference might as well have had the other sign; finite numbers.

    Zeros are left out (Wilcoxon's own way). Exact given the ranks, ties included, up to 50 differences that are not
    zero; beyond, the normal approximation with the correction for ties. 1.0 where nothing is left.
    """
    nonzero = differences[differences != 0]
    if len(nonzero) == 0:
        return 1.0
    ranks = average_ranks(np.abs(nonzero))
    positive = float(ranks[nonzero > 0].sum())
    distance = abs(positive - ranks.sum() / 2)
    return _exact(ranks, distance) if len(ranks) <= MOST_EXACT else _normal(ranks, distance)


def average_ranks(numbers: Numbers) -> Numbers:
    """Ranks from 1; equal numbers share the mean of their ranks. Infinities are equal to one another."""
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + 1 + ends) / 2)[inverse]


def _exact(ranks: Numbers, distance: float) -> float:
    """Counts the sign patterns by their sum of positive ranks; ranks are doubled, so that ties stay whole numbers."""
    doubled = np.rint(2 * ranks).astype(np.int64)
    patterns = np.zeros(int(doubled.sum()) + 1)
    patterns[0] = 1
    for rank in doubled:
        patterns[rank:] += patterns[:-rank].copy()
    sums = np.arange(len(patterns))
    as_far = np.abs(sums - doubled.sum() / 2) >= 2 * distance - 1e-9
    return float(patterns[as_far].sum() / 2.0 ** len(ranks))


def _normal(ranks: Numbers, distance: float) -> float:
    """Each rank is in or out with probability 1/2, so the variance of the sum is a quarter of the squares' sum."""
    deviation = math.sqrt(float(np.square(ranks).sum()) / 4)
    return math.erfc(max(0.0, distance - 0.5) / deviation / math.sqrt(2))
