"""How often intervals at 95 % hold the true value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.statistics.shapes import SHAPES, SYMMETRIC, Shape
from comparison.mean_interval import mean_interval
from comparison.median_interval import median_interval
from comparison.trimmed_mean import interquartile_mean_interval

Numbers = NDArray[np.float64]
Interval = Callable[[Numbers], tuple[Numbers, Numbers]]
Row = tuple[str, str, list[float | None]]
COUNTS = (3, 5, 10, 20)


def coverages(draws: int) -> list[Row]:
    """(statistic, shape, share that holds the true value for each of `COUNTS`; None where there is no interval)."""
    found: list[Row] = []
    for shape in SHAPES:
        found.append(("mean", shape.name, [_coverage(mean_interval, shape, shape.mean, n, draws) for n in COUNTS]))
    for shape in SHAPES:
        held = [None if n < 5 else _coverage(median_interval, shape, shape.median, n, draws) for n in COUNTS]
        found.append(("median", shape.name, held))
    for shape in SYMMETRIC:
        held = [_coverage(interquartile_mean_interval, shape, 0.0, n, draws) for n in COUNTS]
        found.append(("interquartile mean", shape.name, [*held]))
    percentile = [_coverage(percentile_interval, SHAPES[0], 0.0, n, draws) for n in COUNTS]
    found.append(("mean, by a percentile bootstrap (not used)", "normal", [*percentile]))
    return found


def percentile_interval(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """What is not used: quantiles of resampled means."""
    random = np.random.default_rng(5)
    shares = random.multinomial(len(numbers), np.full(len(numbers), 1 / len(numbers)), 1000) / len(numbers)
    blocks = [numbers[:, first : first + 1000] for first in range(0, numbers.shape[1], 1000)]
    ends = [np.quantile(shares @ block, (0.025, 0.975), axis=0) for block in blocks]
    low, high = np.concatenate(ends, axis=1)
    return low, high


def _coverage(interval: Interval, shape: Shape, truth: float, count: int, draws: int) -> float:
    low, high = interval(shape.draw(np.random.default_rng((20, count)), (count, draws)))
    return float(np.mean((low <= truth) & (truth <= high)))
