"""The replicates of a configuration as one curve with a band, epoch by epoch. Called by the API.

Curves may end early: `live` says at each epoch how many there are. A diverged replicate is not dropped: from its
divergence on it counts as infinite, so a mean ends there, and a median goes on while less than half have diverged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from comparison.axes import Axis, Replicated, places
from comparison.mean_interval import positive_mean_interval
from comparison.median_interval import FEWEST, median_interval
from comparison.trimmed_mean import interquartile_mean, interquartile_mean_interval

Numbers = NDArray[np.float64]
WORST = {"train_cost": np.inf, "validation_cost": np.inf, "train_accuracy": -np.inf, "validation_accuracy": -np.inf}


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
    curves = [one for one in configuration.replicates if len(one.values)]
    epochs = max((len(one.values) for one in curves), default=0)
    values, on_axis = (np.full((len(curves), epochs), np.nan) for _ in range(2))
    for row, one in enumerate(curves):
        values[row, : len(one.values)] = np.array(one.values, dtype=np.float64)
        on_axis[row, : len(one.values)] = places(axis, configuration, one)
        if one.diverged_epoch is not None and metric in WORST:
            values[row, one.diverged_epoch :] = WORST[metric]
    middle, low, high = _by_pattern(values, center)
    return Band(
        replicates=len(configuration.replicates),
        at=_filled(on_axis),
        center=_finite(middle),
        low=_finite(np.maximum(low, 0) if np.all(values[np.isfinite(values)] >= 0) else low),
        high=_finite(high),
        live=np.isfinite(values).sum(axis=0).tolist(),
        diverged=np.isinf(values).sum(axis=0).tolist(),
    )


def _by_pattern(values: Numbers, center: Center) -> tuple[Numbers, Numbers, Numbers]:
    """Epochs at which the same replicates are there are computed together."""
    results = np.full((3, values.shape[1]), np.nan)
    there = ~np.isnan(values)
    patterns, which = np.unique(there, axis=1, return_inverse=True) if values.size else (there[:, :0], np.zeros(0))
    for number, rows in enumerate(patterns.T):
        if rows.any():
            columns = np.flatnonzero(which == number)
            results[:, columns] = _middle(values[np.ix_(rows, columns)], center)
    return results[0], results[1], results[2]


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


def _filled(on_axis: Numbers) -> list[float]:
    """Medians over the replicates; after the last that is there, nothing comes."""
    return [float(np.median(column[~np.isnan(column)])) for column in on_axis.T]


def _finite(numbers: Numbers) -> list[float | None]:
    return [float(one) if np.isfinite(one) else None for one in numbers]
