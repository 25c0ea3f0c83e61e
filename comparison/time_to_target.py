"""How far along an axis configurations needed to a target, misses being censored. Used by `comparison.across`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comparison.axes import Axis, Replicate, Replicated, places
from comparison.survival import kaplan_meier, logrank_p


@dataclass(frozen=True)
class TimeToTarget:
    """How far along the axis the target was reached; `reached` of `of`, the others censored. Medians as in a summary.

    `p`: log-rank test against the reference, None for itself and where nothing was reached.
    """

    target: float
    reached: int
    of: int
    median: float | None
    median_low: float | None
    median_high: float | None
    p: float | None


def is_accuracy(metric: str) -> bool:
    """Whether more of the metric is better."""
    return metric.endswith("accuracy")


def times_to_target(
    configurations: Sequence[Replicated],
    ended: Sequence[Sequence[Replicate]],
    metric: str,
    axis: Axis,
    target: float | None,
    horizon: float,
) -> list[TimeToTarget | None]:
    """One for each configuration, the first being the reference; None without a target, or where nothing has ended.

    `ended`: the curves of each that count. `horizon`: how far along the axis the longest of them went.
    """
    if target is None:
        return [None] * len(configurations)
    groups = [
        [_time(one, places(axis, found, one), metric, target, horizon) for one in curves if len(one.values)]
        for found, curves in zip(configurations, ended, strict=True)
    ]
    return [_to_target(group, groups[0] if place else None, target) for place, group in enumerate(groups)]


def _time(
    replicate: Replicate, on_axis: Sequence[float], metric: str, target: float, horizon: float
) -> tuple[float, bool]:
    """Where it reached the target, or else where it ended (a diverged one: the horizon), and whether it did."""
    for value, at in zip(replicate.values, on_axis, strict=True):
        if value is not None and (value >= target if is_accuracy(metric) else value <= target):
            return at, True
    return (horizon if replicate.diverged else on_axis[-1]), False


def _to_target(
    group: Sequence[tuple[float, bool]], reference: Sequence[tuple[float, bool]] | None, target: float
) -> TimeToTarget | None:
    if not group:
        return None
    times, reached = [time for time, _ in group], [there for _, there in group]
    p = None
    if reference:
        p = logrank_p([time for time, _ in reference], [there for _, there in reference], times, reached)
    return TimeToTarget(target, sum(reached), len(group), *kaplan_meier(times, reached).median(), p)
