"""Uniform weights within a given limit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def uniform(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from) of U(-scale, scale)."""
    return scale * (2.0 * generator.random((to, from_)) - 1.0)
