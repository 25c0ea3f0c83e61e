"""Glorot's weights (Glorot and Bengio 2010, equations 12 and 16): variance gain^2 2 / (from + to)."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.initializations.normal import normal
from engine.initializations.uniform import uniform


def glorot_normal(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from), normal; `scale` is the gain."""
    return normal(generator, to, from_, scale * sqrt(2.0 / (from_ + to)))


def glorot_uniform(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from), uniform; `scale` is the gain."""
    return uniform(generator, to, from_, scale * sqrt(6.0 / (from_ + to)))
