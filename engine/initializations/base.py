"""What an initialisation is: a function of a generator and a layer's shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# (generator, to, from, scale) -> weights (to, from). The draws themselves do not depend on the scale, so two scales
# under one seed start from proportional weights.
Initialization = Callable[[np.random.Generator, int, int, float], NDArray[np.float64]]
