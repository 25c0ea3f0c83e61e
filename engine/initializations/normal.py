"""Normal weights of a given standard deviation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def normal(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from) of N(0, scale^2)."""
    return scale * generator.standard_normal((to, from_))
