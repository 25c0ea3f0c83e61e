"""The replicates of a configuration as one curve with a band, epoch by epoch. Called by the API.

Curves may end early: `live` says at each epoch how many there are. A diverged replicate is not dropped: from its
divergence on it counts as infinite, so a mean ends there, and a median goes on while less than half have diverged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from comparison.axes import Axis, Replicated
from comparison.mean_interval import positive_mean_interval
from comparison.median_interval import FEWEST, median_interval
from comparison.side_by_side import SideBySide, begun, by_count, side_by_side
from comparison.trimmed_mean import interquartile_mean, interquartile_mean_interval

Numbers = NDArray[np.float64]


class Center(StrEnum):
    """What stands in the middle of a band; docs/statistics.md has the interval of each."""

    MEAN = "mean"
    MEDIAN = "median"
    INTERQUARTILE_MEAN = "interquartile_mean"


@dataclass(frozen=True)
class Band:
    """Entry i belongs to epoch i: where it is on the axis, the middle and its 95 % interval; None: infinite or unknown.

    `at`: on the axis, the median over the replicates that are live. `live`: replicates with a value there; `diverged`:
    those that count as infinite there; the others of the `replicates` had ended, or have not come so far.
    """

    replicates: int
    at: list[float]
    center: list[float | None]
    low: list[float | None]
    high: list[float | None]
    live: list[int]
    diverged: list[int]


def band(configuration: Replicated, metric: str, center: Center, axis: Axis = Axis.EPOCHS) -> Band:
    """The band of one configuration over all its replicates that have begun; empty where none has."""
    return bands([configuration], metric, center, axis)[0]


def bands(configurations: Sequence[Replicated], metric: str, center: Center, axis: Axis = Axis.EPOCHS) -> list[Band]:
    """The band of each configuration, as `band` gives it; those with equally many replicates are computed together."""
    alike = defaultdict(list)
    for place, one in enumerate(configurations):
        alike[len(begun(one))].append(place)
    found = {place: Band(len(configurations[place].replicates), [], [], [], [], [], []) for place in alike.pop(0, [])}
    for members in alike.values():
        some = [configurations[place] for place in members]
        found |= zip(members, _cut(some, side_by_side(some, metric, axis), center), strict=True)
    return [found[place] for place in range(len(configurations))]


def _cut(configurations: Sequence[Replicated], curves: SideBySide, center: Center) -> list[Band]:
    """Every column is computed, and each configuration gets its own."""
    middle, low, high = by_count(curves.values, lambda values: _middle(values, center), 3)
    below_zero = np.where(np.isfinite(curves.values), curves.values, 0).min(axis=0) < 0
    live, diverged = np.isfinite(curves.values).sum(axis=0), np.isinf(curves.values).sum(axis=0)
    cuts = [slice(begin, end) for begin, end in pairwise(curves.starts)]
    return [
        Band(
            replicates=len(configuration.replicates),
            at=curves.at[cut].tolist(),
            center=_finite(middle[cut]),
            low=_finite(low[cut] if below_zero[cut].any() else np.maximum(low[cut], 0)),
            high=_finite(high[cut]),
            live=live[cut].tolist(),
            diverged=diverged[cut].tolist(),
        )
        for configuration, cut in zip(configurations, cuts, strict=True)
    ]


def _middle(values: Numbers, center: Center) -> tuple[Numbers, Numbers, Numbers]:
    """Middle, low and high per column of (replicates, epochs), infinities allowed; NaN where there is no interval."""
    unknown = np.full(values.shape[1], np.nan)
    if center is Center.MEDIAN:
        ends = median_interval(values) if len(values) >= FEWEST else (unknown, unknown)
        return np.median(values, axis=0), *ends
    with np.errstate(invalid="ignore"):
        if center is Center.INTERQUARTILE_MEAN:
            return interquartile_mean(values), *interquartile_mean_interval(values)
        sound = np.isfinite(values).all(axis=0)
        low, high = unknown.copy(), unknown.copy()
        low[sound], high[sound] = positive_mean_interval(values[:, sound])
        return values.mean(axis=0), low, high


def _finite(numbers: Numbers) -> list[float | None]:
    plain: list[float | None] = numbers.tolist()
    finite = np.isfinite(numbers)
    return plain if finite.all() else [one if known else None for one, known in zip(plain, finite, strict=True)]
