"""Two configurations on common seeds: a paired t test of log losses. Called by `comparison.ranking` and the API.

With 5 replicates no rank or sign test can reach 5 %, so the t test decides; common random numbers take the seeds' own
part out of the differences. W. Gosset, "The probable error of a mean" (1908). Refuses nothing: too few pairs are
undecided.
"""

from __future__ import annotations

import math
from collections.abc import Container, Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from comparison.divergences import combined
from comparison.mean_interval import t_interval
from comparison.power import hedges
from comparison.verdict import FEWEST_PAIRS, LossComparison, Scale, Verdict, decided

Numbers = NDArray[np.float64]
Losses = Mapping[Hashable, float]  # seed -> loss, infinite where it diverged


def against_reference(
    reference: Losses,
    others: Sequence[Losses],
    comparisons: int | None = None,
    scale: Scale = Scale.RATIO,
    wanted: Container[int] | None = None,
) -> list[LossComparison]:
    """Each of `others` against the reference on their common seeds, as one family.

    `comparisons`: how many tests are in play (default: one for each of `others`); k (k - 1) / 2 where the reference
    was chosen among k by looking. `scale`: differences are taken instead where a ratio is not defined. `wanted`: the
    places among `others` that are to get `more`; None: all.
    """
    in_play = max(1, len(others) if comparisons is None else comparisons)
    return decided([compare_pairs(reference, one, scale) for one in others], in_play, wanted)


def compare_pairs(reference: Losses, losses: Losses, scale: Scale = Scale.RATIO) -> LossComparison:
    """One against the reference, standing alone: `decided` makes a family of several and says how many more."""
    seeds = [seed for seed in reference if seed in losses]
    first = np.array([reference[seed] for seed in seeds], dtype=np.float64)
    second = np.array([losses[seed] for seed in seeds], dtype=np.float64)
    both = np.isfinite(first) & np.isfinite(second)
    scale = usable_scale(scale, first[both], second[both])
    differences = on_scale(second[both], scale) - on_scale(first[both], scale)
    p, effect = t_test(differences)
    counts = (_infinite(second), len(seeds), _infinite(first), len(seeds))
    p, direction = combined(p, bool(len(differences) and differences.mean() < 0), counts)
    low, high = _interval(differences, scale)
    return LossComparison(
        paired=True,
        pairs=len(seeds),
        sound=len(differences),
        diverged=counts[0],
        reference_diverged=counts[2],
        scale=scale,
        estimate=from_scale(float(differences.mean()), scale) if len(differences) else None,
        low=low,
        high=high,
        effect_size=effect,
        p=p,
        adjusted_p=None,
        verdict=direction,
        more=None,
    )


def t_test(differences: Numbers) -> tuple[float | None, float | None]:
    """Two-sided p, and the effect size with Hedges' correction; None of fewer than 3 differences.

    Differences that are all the same number other than 0 leave no doubt: p is 0, and there is no effect size.
    """
    if len(differences) < FEWEST_PAIRS:
        return None, None
    p, effect = (float(one[0]) for one in t_tests(differences[:, None]))
    return p, effect if math.isfinite(effect) else None


def t_tests(differences: Numbers) -> tuple[Numbers, Numbers]:
    """P values and effect sizes, (columns,) each, of (pairs, columns), at least 3 pairs; an effect may be infinite."""
    count = len(differences)
    mean, deviation = differences.mean(axis=0), differences.std(axis=0, ddof=1)
    deviation = np.where(deviation <= 1e-12 * np.abs(mean), 0.0, deviation)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(mean == 0, 0.0, mean / deviation)
    p = 2 * stdtr(count - 1, -np.abs(effect) * math.sqrt(count))
    return p, effect * hedges(count)


def usable_scale(scale: Scale, *losses: Numbers) -> Scale:
    """Ratios where they were asked for and every loss is above 0; else differences."""
    positive = all(bool(np.all(one > 0)) for one in losses)
    return scale if positive else Scale.DIFFERENCE


def on_scale(losses: Numbers, scale: Scale) -> Numbers:
    """The numbers whose differences are compared."""
    return np.log(losses) if scale is Scale.RATIO else losses


def from_scale(difference: float, scale: Scale) -> float | None:
    """The estimate that belongs to a mean difference; None where it is not finite."""
    if not math.isfinite(difference):
        return None
    return math.exp(min(difference, 700.0)) if scale is Scale.RATIO else difference


def _interval(differences: Numbers, scale: Scale) -> tuple[float | None, float | None]:
    if len(differences) < 2:
        return None, None
    low, high = t_interval(differences[:, None])
    return from_scale(float(low[0]), scale), from_scale(float(high[0]), scale)


def _infinite(losses: Numbers) -> int:
    return int(np.count_nonzero(~np.isfinite(losses)))


__all__ = ["Losses", "Verdict", "against_reference", "compare_pairs"]
