"""Equal weights, to show that symmetry never breaks: all units of a layer stay copies of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def zeros(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from) zeros; `scale` is ignored."""
    return np.zeros((to, from_))


def constant(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from), each weight `scale`."""
    return np.full((to, from_), scale)
