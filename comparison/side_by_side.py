"""The curves of many configurations side by side: a column for every epoch of every one. Called by `comparison.bands`.

So what is computed epoch by epoch is computed for all configurations at once, and by number of replicates, not by
configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.axes import Axis, Replicate, Replicated, places

Numbers = NDArray[np.float64]
WORST = {"train_cost": np.inf, "validation_cost": np.inf, "train_accuracy": -np.inf, "validation_accuracy": -np.inf}


@dataclass(frozen=True)
class SideBySide:
    """`values`: (replicates, columns), NaN where a replicate has none, infinite from its divergence on.

    `at`: (columns,), where on the axis each lies; configuration i has those from `starts[i]` to `starts[i + 1]`.
    """

    values: Numbers
    at: Numbers
    starts: NDArray[np.int64]


def side_by_side(configurations: Sequence[Replicated], metric: str, axis: Axis) -> SideBySide:
    """All of them, which must have equally many replicates that have begun, at least one."""
    curves = [begun(one) for one in configurations]
    lengths = [max(len(replicate.values) for replicate in some) for some in curves]
    starts = np.cumsum([0, *lengths])
    values = _stacked(curves, starts, lambda _, one: one.values)
    for place, some in enumerate(curves):
        for row, one in enumerate(some):
            if one.diverged_epoch is not None and metric in WORST:
                values[row, starts[place] + one.diverged_epoch : starts[place + 1]] = WORST[metric]
    return SideBySide(values, _at(configurations, curves, starts, axis), starts)


def begun(configuration: Replicated) -> list[Replicate]:
    """Its replicates that have a curve."""
    return [one for one in configuration.replicates if len(one.values)]


def by_count(numbers: Numbers, compute: Callable[[Numbers], Sequence[Numbers]], results: int) -> list[Numbers]:
    """`compute` of (rows, columns) without NaN gives `results` times (columns,); here NaN are left out of each column.

    Columns with equally many numbers are computed together, the numbers in the order of their rows; NaN where there is
    none.
    """
    missing = np.isnan(numbers)
    counts = len(numbers) - missing.sum(axis=0)
    ordered = np.take_along_axis(numbers, missing.argsort(axis=0, kind="stable"), axis=0) if missing.any() else numbers
    found = np.full((results, numbers.shape[1]), np.nan)
    for count in np.unique(counts[counts > 0]):
        columns = np.flatnonzero(counts == count)
        found[:, columns] = compute(ordered[:count].take(columns, axis=1))
    return list(found)


def _stacked(
    curves: Sequence[Sequence[Replicate]],
    starts: NDArray[np.int64],
    of: Callable[[int, Replicate], Sequence[float | None]],
) -> Numbers:
    stacked = np.full((len(curves[0]), starts[-1]), np.nan)
    for place, some in enumerate(curves):
        for row, one in enumerate(some):
            numbers = np.array(of(place, one), dtype=np.float64)
            stacked[row, starts[place] : starts[place] + len(numbers)] = numbers
    return stacked


def _at(
    configurations: Sequence[Replicated],
    curves: Sequence[Sequence[Replicate]],
    starts: NDArray[np.int64],
    axis: Axis,
) -> Numbers:
    """Medians over the replicates that are there; where all are at the same place, that of the longest."""
    if axis in (Axis.UPDATES, Axis.SECONDS):
        stacked = _stacked(curves, starts, lambda place, one: places(axis, configurations[place], one))
        return by_count(stacked, lambda numbers: [np.median(numbers, axis=0)], 1)[0]
    longest = [max(some, key=lambda one: len(one.values)) for some in curves]
    return np.concatenate([places(axis, *pair) for pair in zip(configurations, longest, strict=True)])
