"""How far a ranking depends on the seeds: the bootstrap over replicates of every rank. Called by `comparison.ranking`.

All configurations share the seeds, so a resample draws whole replicates: its ranks are what the sweep might have shown
under other seeds. H. Goldstein and D. Spiegelhalter, "League tables and their limitations" (1996).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

RESAMPLES = 1000
MOST_NUMBERS = 20_000_000  # losses drawn altogether: with more configurations there are fewer resamples, at least 100
SEED = 1996

Numbers = NDArray[np.float64]


def rank_intervals(losses: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Low and high rank at 95 %, and the share of resamples in which it came first, per configuration.

    `losses`: (configurations, replicates), infinite where diverged. Ranks are of medians over replicates; equals share
    ranks and first places. With 2 or 3 replicates the intervals are too narrow.
    """
    configurations, replicates = losses.shape
    resamples = int(np.clip(MOST_NUMBERS // max(1, losses.size), 100, RESAMPLES))
    random = np.random.Generator(np.random.Philox(SEED))
    ranks = np.empty((resamples, configurations))
    first = np.zeros(configurations)
    for place, drawn in enumerate(random.integers(0, replicates, (resamples, replicates))):
        medians = _medians(losses[:, drawn])
        ranks[place] = rankdata(medians)
        lowest = medians == medians.min()
        first += lowest / lowest.sum()
    low, high = np.quantile(ranks, (0.025, 0.975), axis=0, method="inverted_cdf")
    return low, high, first / resamples


def _medians(losses: Numbers) -> Numbers:
    """Medians over replicates; between a finite and an infinite loss the median is infinite."""
    ordered = np.sort(losses, axis=1)
    middle = losses.shape[1] // 2
    if losses.shape[1] % 2:
        return np.asarray(ordered[:, middle])
    return np.asarray((ordered[:, middle - 1] + ordered[:, middle]) / 2)
