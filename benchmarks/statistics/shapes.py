"""The distributions that costs are drawn from, by name; each with its true mean and median."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Size = tuple[int, ...]


@dataclass(frozen=True)
class Shape:
    """`draw(random, size)` gives independent numbers."""

    name: str
    draw: Callable[[np.random.Generator, Size], Numbers]
    mean: float
    median: float


SHAPES = (
    Shape("normal", lambda random, size: random.normal(size=size), 0.0, 0.0),
    Shape("heavy tails (t with 5 degrees)", lambda random, size: random.standard_t(5, size), 0.0, 0.0),
    Shape(
        "difference of two exponentials",
        lambda random, size: random.exponential(size=size) - random.exponential(size=size),
        0.0,
        0.0,
    ),
    Shape("skewed (log-normal, 0.5)", lambda random, size: np.exp(random.normal(0, 0.5, size)), np.exp(0.125), 1.0),
    Shape("very skewed (exponential)", lambda random, size: random.exponential(size=size), 1.0, float(np.log(2))),
)
SYMMETRIC, SKEWED = SHAPES[:3], SHAPES[3:]
POSITIVE = (
    Shape("normal, 4 with deviation 1", lambda random, size: random.normal(4, 1, size), 4.0, 4.0),
    *SKEWED,
)
EXTREME = Shape(
    "extremely skewed (log-normal, 1)", lambda random, size: np.exp(random.normal(size=size)), np.exp(0.5), 1.0
)
