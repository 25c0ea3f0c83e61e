"""Two configurations without common seeds: Welch's t test of log losses. Called by the API's comparison across sweeps.

B. Welch, "The generalization of Student's problem when several different population variances are involved" (1947).
It needs more replicates than the paired test, for the seeds' own part stays in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ttest_ind

from comparison.divergences import combined
from comparison.mean_interval import LEVEL
from comparison.paired import from_scale, on_scale, usable_scale
from comparison.verdict import FEWEST_PAIRS, LossComparison, Scale

Numbers = NDArray[np.float64]


def compare_groups(reference: Sequence[float], losses: Sequence[float], scale: Scale) -> LossComparison:
    """One against the reference, standing alone; `comparison.verdict.decided` makes a family of several."""
    first, second = np.array(reference, dtype=np.float64), np.array(losses, dtype=np.float64)
    sound = first[np.isfinite(first)], second[np.isfinite(second)]
    scale = usable_scale(scale, *sound)
    reference_scaled, scaled = (on_scale(one, scale) for one in sound)
    difference = float(scaled.mean() - reference_scaled.mean()) if len(scaled) and len(reference_scaled) else None
    p, low, high = _welch(scaled, reference_scaled)
    counts = (len(second) - len(sound[1]), len(second), len(first) - len(sound[0]), len(first))
    p, direction = combined(p, difference is not None and difference < 0, counts)
    return LossComparison(
        paired=False,
        pairs=min(len(first), len(second)),
        sound=len(scaled),
        diverged=counts[0],
        reference_diverged=counts[2],
        scale=scale,
        estimate=None if difference is None else from_scale(difference, scale),
        low=None if low is None else from_scale(low, scale),
        high=None if high is None else from_scale(high, scale),
        effect_size=None if difference is None else _effect_size(scaled, reference_scaled, difference),
        p=p,
        adjusted_p=None,
        verdict=direction,
        more=None,
    )


def _welch(losses: Numbers, reference: Numbers) -> tuple[float | None, float | None, float | None]:
    """The p value and the interval's ends; None where a group has fewer than 3, or neither varies."""
    if min(len(losses), len(reference)) < FEWEST_PAIRS or losses.std() + reference.std() == 0:
        return None, None, None
    found = ttest_ind(losses, reference, equal_var=False)
    interval = found.confidence_interval(LEVEL)
    return float(found.pvalue), float(interval.low), float(interval.high)


def _effect_size(losses: Numbers, reference: Numbers, difference: float) -> float | None:
    """The difference over the root of the mean variance, with Hedges' correction."""
    if min(len(losses), len(reference)) < 2:
        return None
    deviation = math.sqrt((losses.var(ddof=1) + reference.var(ddof=1)) / 2)
    degrees = len(losses) + len(reference) - 2
    return None if deviation == 0 else difference / deviation * (1 - 3 / (4 * degrees - 1))
