"""Median and spread of a few numbers, some of which may be infinite (diverged)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

FEW = 1000  # numbers that Python sorts as fast


@dataclass(frozen=True)
class Spread:
    """Quantiles of `count` numbers; None stands for infinite: so many of them diverged."""

    count: int
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    lowest: float | None
    highest: float | None


def spread(numbers: Iterable[float]) -> Spread | None:
    """The spread, or None of nothing."""
    ordered: list[float] = list(numbers)
    if len(ordered) > FEW and set(map(type, ordered)) == {float}:
        ordered = np.sort(np.array(ordered, dtype=np.float64)).tolist()
    else:
        ordered.sort()
    if not ordered:
        return None
    values = (quantile(ordered, share) for share in (0.5, 0.25, 0.75, 0.0, 1.0))
    return Spread(len(ordered), *(finite(value) for value in values))


def quantile(ordered: list[float], share: float) -> float:
    """Linear interpolation between order statistics (Hyndman and Fan 1996, type 7, NumPy's default).

    `ordered` ascending and not empty. Between a finite and an infinite number it is infinite.
    """
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    weight = place - below
    if weight == 0 or ordered[below] == ordered[below + 1]:
        return ordered[below]
    return ordered[below] + weight * (ordered[below + 1] - ordered[below])


def finite(value: float) -> float | None:
    """The value, or None for an infinite one: JSON and SQL have no infinity."""
    return value if math.isfinite(value) else None
