"""Orthogonal weights (Saxe, McClelland and Ganguli 2014): rows or columns, whichever are fewer, are orthonormal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def orthogonal(generator: np.random.Generator, to: int, from_: int, scale: float) -> NDArray[np.float64]:
    """(to, from), `scale` times a matrix drawn uniformly from the orthogonal ones.

    QR of normal draws, with the signs of R's diagonal moved into Q: without that, Q is not uniform (Mezzadri 2007).
    """
    draws = generator.standard_normal((max(to, from_), min(to, from_)))
    q, r = np.linalg.qr(draws)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return scale * (q if to >= from_ else q.T)
