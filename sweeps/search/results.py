"""What an adaptive search is told of a configuration: the median over its replicates of their best metric.

A diverged replicate counts as infinitely bad, whatever it had reached; where the median is infinite, the search is
told the worst finite result of the sweep, for samplers cannot reckon with infinity. A failed or cancelled replicate
says nothing of its hyperparameters and is left out. A pruned one counts with what it had reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from statistics import median

from sweeps.spec import Metric

Results = tuple[float, ...]  # one for each metric of the sweep


@dataclass(frozen=True)
class ReplicateResult:
    """`best` over the epochs of each metric, None where none was finite; `counts`: it ended by its own doing."""

    best: tuple[float | None, ...]
    diverged: bool
    counts: bool = True


def results_of(
    configurations: Sequence[Sequence[ReplicateResult]], metrics: Sequence[Metric]
) -> tuple[Results | None, ...]:
    """The results of each configuration, or None where it has none."""
    medians = [_medians(replicates, metrics) for replicates in configurations]
    worst = [_worst([one[place] for one in medians if one is not None], metric) for place, metric in enumerate(metrics)]
    return tuple(None if one is None else _told(one, worst) for one in medians)


def _medians(replicates: Sequence[ReplicateResult], metrics: Sequence[Metric]) -> Results | None:
    counting = [one for one in replicates if one.counts]
    if not counting:
        return None
    return tuple(median(_value(one, place, metric) for one in counting) for place, metric in enumerate(metrics))


def _value(one: ReplicateResult, place: int, metric: Metric) -> float:
    best = one.best[place]
    return _infinitely_bad(metric) if one.diverged or best is None else best


def _infinitely_bad(metric: Metric) -> float:
    return inf if metric.goal == "minimize" else -inf


def _worst(values: Sequence[float], metric: Metric) -> float | None:
    finite = [value for value in values if isfinite(value)]
    if not finite:
        return None
    return max(finite) if metric.goal == "minimize" else min(finite)


def _told(result: Results, worst: Sequence[float | None]) -> Results | None:
    told = [value if isfinite(value) else limit for value, limit in zip(result, worst, strict=True)]
    return None if any(value is None for value in told) else tuple(value for value in told if value is not None)
