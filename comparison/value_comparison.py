"""The values of one hyperparameter held against each other over matched units. Used by `comparison.marginals`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.holm import holm
from comparison.matching import Matched
from comparison.median_interval import median_interval
from comparison.paired import compare_pairs
from comparison.ratios import BOUND, log_ratios, ratio
from comparison.signed_rank import average_ranks, two_sided_p
from comparison.summary import Summary
from comparison.sureness import FEWEST_REPLICATES, FEWEST_UNITS, Sureness, sureness
from comparison.verdict import Scale, Verdict
from engine.hyperparameter_kinds import Value

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ValueComparison:
    """One value of a hyperparameter, held against the best one over the matched units.

    `wins`: units in which no value did better, shared among equals. `mean_rank`: 1 is best. `ratio`: median over units
    of its loss over the best value's (None: infinite), with its 95 % interval. `p`, `adjusted_p`: exact signed-rank
    test against the best value, alone and after Holm's correction over all pairs of values. Where replicates are the
    units, the ratio is the geometric mean and the test the paired t test (`comparison.paired`). All None where nothing
    is matched; `p`, `adjusted_p` and `sureness` also for the best value itself, the interval also below 6 blocks.
    """

    value: Value
    summary: Summary
    wins: float | None = None
    mean_rank: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    p: float | None = None
    adjusted_p: float | None = None
    sureness: Sureness | None = None


@dataclass(frozen=True)
class _Against:
    """A value against the best: ratio, its interval, and p."""

    ratio: float | None
    low: float | None
    high: float | None
    p: float


def best_and_others(match: Matched, summaries: Mapping[Value, Summary]) -> tuple[Value, dict[Value, ValueComparison]]:
    """The best value, and every matched value held against it; at least one unit and two values."""
    ranks = np.array([average_ranks(row) for row in match.losses]).mean(axis=0)
    best = _best(ranks, match.losses)
    wins = _wins(match.losses)
    by_block = match.unit == "block"
    against = _of_blocks if by_block else _of_replicates
    found = [against(match.losses[:, column], match.losses[:, best]) for column in range(len(match.values))]
    adjusted = _adjusted([one.p for one in found], best)
    compared = {}
    for column, value in enumerate(match.values):
        p, corrected = (None, None) if column == best else (found[column].p, adjusted[column])
        fewest = FEWEST_UNITS if by_block else FEWEST_REPLICATES
        compared[value] = ValueComparison(
            value=value,
            summary=summaries[value],
            wins=float(wins[column]),
            mean_rank=float(ranks[column]),
            ratio=found[column].ratio,
            ratio_low=found[column].low,
            ratio_high=found[column].high,
            p=p,
            adjusted_p=corrected,
            sureness=None if p is None else sureness(p, corrected or 0.0, len(match.losses), fewest),
        )
    return match.values[best], compared


def _adjusted(p_values: list[float], best: int) -> list[float]:
    """After Holm. The best was chosen by looking, so every pair of values was in play."""
    others = [p for column, p in enumerate(p_values) if column != best]
    adjusted = holm(others, comparisons=len(p_values) * len(others) // 2)
    return [*adjusted[:best], 1.0, *adjusted[best:]]


def _of_blocks(losses: Numbers, reference: Numbers) -> _Against:
    """Median ratio and signed-rank test; no interval of too few."""
    logs = log_ratios(losses, reference)
    low, high = None, None
    if len(logs) >= FEWEST_UNITS:
        unbounded = np.where(np.abs(logs) >= BOUND / 2, np.copysign(np.inf, logs), logs)
        low, high = (ratio(float(end[0])) for end in median_interval(unbounded[:, None]))
    return _Against(ratio(float(np.median(logs))), low, high, two_sided_p(logs))


def _of_replicates(losses: Numbers, reference: Numbers) -> _Against:
    """Geometric mean ratio and paired t test; where some diverged, the median ratio without an interval."""
    found = compare_pairs(dict(enumerate(reference)), dict(enumerate(losses)))
    undirected = found.p is None or found.verdict is Verdict.UNDECIDED
    p = 1.0 if undirected or found.p is None else found.p
    if found.sound < found.pairs or found.scale is not Scale.RATIO:
        return _Against(ratio(float(np.median(log_ratios(losses, reference)))), None, None, p)
    return _Against(found.estimate, found.low, found.high, p)


def _best(ranks: Numbers, losses: Numbers) -> int:
    """The column of the lowest mean rank; of equals the one with the lower median loss, then the first."""
    medians = np.median(losses, axis=0)
    return min(range(len(ranks)), key=lambda column: (ranks[column], medians[column], column))


def _wins(losses: Numbers) -> Numbers:
    """Per column: units in which it is the lowest, shared among equals; nobody wins where all diverged."""
    lowest = (losses == losses.min(axis=1, keepdims=True)) & np.isfinite(losses)
    return np.asarray((lowest / np.maximum(1, lowest.sum(axis=1, keepdims=True))).sum(axis=0))
