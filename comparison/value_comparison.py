"""The values of one hyperparameter held against each other over matched units. Used by `comparison.marginals`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.bootstrap import median_interval
from comparison.holm import holm
from comparison.matching import Matched
from comparison.ratios import log_ratios, ratio
from comparison.signed_rank import average_ranks, two_sided_p
from comparison.summary import Summary
from comparison.sureness import FEWEST_UNITS, Sureness, sureness
from engine.hyperparameter_kinds import Value

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ValueComparison:
    """One value of a hyperparameter, held against the best one over the matched units.

    `wins`: units in which no value did better, shared among equals. `mean_rank`: 1 is best. `ratio`: median over units
    of its loss over the best value's (None: infinite), with its 95 % interval. `p`, `adjusted_p`: exact signed-rank
    test against the best value, alone and after Holm's correction over all pairs of values. All None where nothing is
    matched; `p`, `adjusted_p` and `sureness` also for the best value itself, the interval also below 6 units.
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


def best_and_others(match: Matched, summaries: Mapping[Value, Summary]) -> tuple[Value, dict[Value, ValueComparison]]:
    """The best value, and every matched value held against it; at least one unit and two values."""
    ranks = np.array([average_ranks(row) for row in match.losses]).mean(axis=0)
    best = _best(ranks, match.losses)
    wins = _wins(match.losses)
    logs = [log_ratios(match.losses[:, column], match.losses[:, best]) for column in range(len(match.values))]
    tests = _tests(logs, best)
    found = {}
    for column, value in enumerate(match.values):
        low, high = _interval(logs[column])
        p, adjusted = tests.get(column, (None, None))
        found[value] = ValueComparison(
            value=value,
            summary=summaries[value],
            wins=float(wins[column]),
            mean_rank=float(ranks[column]),
            ratio=ratio(float(np.median(logs[column]))),
            ratio_low=low,
            ratio_high=high,
            p=p,
            adjusted_p=adjusted,
            sureness=None if p is None or adjusted is None else sureness(p, adjusted, len(match.losses)),
        )
    return match.values[best], found


def _tests(logs: list[Numbers], best: int) -> dict[int, tuple[float, float]]:
    """Column -> p and adjusted p against the best. The best was chosen by looking, so every pair was in play."""
    others = [column for column in range(len(logs)) if column != best]
    p_values = [two_sided_p(logs[column]) for column in others]
    adjusted = holm(p_values, comparisons=len(logs) * (len(logs) - 1) // 2)
    return dict(zip(others, zip(p_values, adjusted, strict=True), strict=True))


def _interval(logs: Numbers) -> tuple[float | None, float | None]:
    """The interval of the median ratio, None where there are too few units for one."""
    if len(logs) < FEWEST_UNITS:
        return None, None
    low, high = median_interval(logs)
    return ratio(low), ratio(high)


def _best(ranks: Numbers, losses: Numbers) -> int:
    """The column of the lowest mean rank; of equals the one with the lower median loss, then the first."""
    medians = np.median(losses, axis=0)
    return min(range(len(ranks)), key=lambda column: (ranks[column], medians[column], column))


def _wins(losses: Numbers) -> Numbers:
    """Per column: units in which it is the lowest, shared among equals; nobody wins where all diverged."""
    lowest = (losses == losses.min(axis=1, keepdims=True)) & np.isfinite(losses)
    return np.asarray((lowest / np.maximum(1, lowest.sum(axis=1, keepdims=True))).sum(axis=0))
