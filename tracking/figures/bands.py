"""Many curves of one configuration as a line with a band: median, lowest and highest cost, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comparison.spread import quantile


@dataclass(frozen=True)
class CostCurve:
    """One curve: epochs, ascending, and costs; None: no longer finite."""

    epochs: Sequence[int]
    costs: Sequence[float | None]


@dataclass(frozen=True)
class Band:
    """Per epoch, ascending. Medians count replicates that diverged as infinite; the band spans those that did not.

    `diverged`: how many of the `replicates` did, by the end.
    """

    epochs: tuple[int, ...]
    medians: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    replicates: int
    diverged: int


def band(curves: Sequence[CostCurve]) -> Band:
    """The band over replicates; one that ended early, but did not diverge, is left out from there on."""
    costs = [dict(zip(one.epochs, one.costs, strict=True)) for one in curves]
    lost_from = [min((epoch for epoch, cost in one.items() if cost is None), default=math.inf) for one in costs]
    rows: list[tuple[int, float, float, float]] = []
    for epoch in sorted({epoch for one in costs for epoch in one}):
        found = [one[epoch] for one in costs if epoch in one]
        finite = sorted(cost for cost in found if cost is not None)
        lost = sum(epoch >= first for first in lost_from)
        median = quantile(finite + [math.inf] * lost, 0.5)
        rows.append((epoch, median, finite[0] if finite else math.inf, finite[-1] if finite else math.inf))
    columns = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Band(*columns, replicates=len(curves), diverged=sum(map(math.isfinite, lost_from)))  # type: ignore[misc]
