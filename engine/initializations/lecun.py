"""LeCun's weights (LeCun et al. 1998, "Efficient BackProp", section 4.6): variance gain^2 / from."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.initializations.normal import normal
from engine.initializations.uniform import uniform


def lecun_normal(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from), normal; `scale` is the gain."""
    return normal(generator, to, from_, scale * sqrt(1.0 / from_))


def lecun_uniform(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from), uniform; `scale` is the gain."""
    return uniform(generator, to, from_, scale * sqrt(3.0 / from_))
