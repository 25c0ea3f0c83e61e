"""How often intervals at 95 % hold the true value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.statistics.shapes import EXTREME, POSITIVE, SHAPES, SKEWED, SYMMETRIC, Shape
from comparison.mean_interval import mean_interval, positive_mean_interval, t_interval
from comparison.median_interval import median_interval
from comparison.trimmed_mean import interquartile_mean_interval

Numbers = NDArray[np.float64]
Interval = Callable[[Numbers], tuple[Numbers, Numbers]]
Row = tuple[str, str, list[float | None]]
COUNTS = (3, 5, 10, 20)


def coverages(draws: int) -> list[Row]:
    """(statistic, shape, share that holds the true value for each of `COUNTS`; None where there is no interval)."""
    found = _means("mean of differences", t_interval, SYMMETRIC, draws)
    found += _means("mean of costs", positive_mean_interval, POSITIVE, draws)
    for shape in SHAPES:
        held = [None if n < 5 else _coverage(median_interval, shape, shape.median, n, draws) for n in COUNTS]
        found.append(("median", shape.name, held))
    found += _means("interquartile mean", interquartile_mean_interval, SYMMETRIC, draws)
    found += _means("mean of costs, more skewed than is claimed", positive_mean_interval, [EXTREME], draws)
    found += _means("mean of costs, without the logarithm (not used)", mean_interval, SKEWED, draws)
    return found + _means("mean, by a percentile bootstrap (not used)", percentile_interval, SHAPES[:1], draws)


def _means(name: str, interval: Interval, shapes: Sequence[Shape], draws: int) -> list[Row]:
    return [(name, one.name, [_coverage(interval, one, one.mean, n, draws) for n in COUNTS]) for one in shapes]


def widths(draws: int) -> list[tuple[str, list[tuple[float, float]]]]:
    """(shape, for each of `COUNTS` the median width as it is and without the logarithm, over the true mean)."""
    found = []
    for shape in POSITIVE:
        rows = []
        for count in COUNTS:
            numbers = _numbers(shape, count, draws)
            ends = positive_mean_interval(numbers), mean_interval(numbers)
            now, before = (float(np.median(high - low)) / shape.mean for low, high in ends)
            rows.append((now, before))
        found.append((shape.name, rows))
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
    low, high = interval(_numbers(shape, count, draws))
    return float(np.mean((low <= truth) & (truth <= high)))


def _numbers(shape: Shape, count: int, draws: int) -> Numbers:
    return shape.draw(np.random.default_rng((20, count)), (count, draws))
