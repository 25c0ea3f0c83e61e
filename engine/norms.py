"""Euclidean norms and sums of squares that neither overflow nor vanish before the numbers themselves do.

Used by `engine.updates`, `engine.layer_probe`, `engine.records`, `engine.starting_point` and the squares among the
costs. A square leaves single precision where the number is beyond 1.8e19 or below 1e-19, which layers reach whose
gradients explode or vanish. So the sum is taken in the numbers' own precision, which is fast, and once more, in float64
and relative to the largest number, for those rows alone whose sum is out of range. No row depends on another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array

# Below, squares that were rounded as subnormal numbers, or to zero, may count in the sum: 2^-26 of it and more, of
# 2^24 numbers. (Subnormal numbers are spaced by 2^-149 and 2^-1074.)
LOWEST = {np.dtype(np.float32): 2.0**-100, np.dtype(np.float64): 2.0**-970}


def norms(rows: Array, count: int = 1) -> NDArray[np.float64]:
    """(trials,): the norms of rows (trials, numbers), over the root of `count`: then they are root mean squares."""
    squares = np.vecdot(rows, rows).astype(np.float64)
    return corrected(np.sqrt(squares / count), squares, rows, count)


def sums_of_squares(rows: Array) -> NDArray[np.float64]:
    """(trials,): infinite only where float64 cannot hold the sum."""
    squares: NDArray[np.float64] = np.vecdot(rows, rows).astype(np.float64)
    odd = np.flatnonzero(out_of_range(squares, rows.dtype))
    if odd.size:
        squares[odd] = scaled_norms(rows[odd]) ** 2
    return squares


def corrected(
    found: NDArray[np.float64], squares: NDArray[np.floating], rows: Array, count: int = 1
) -> NDArray[np.float64]:
    """`found`, norms whose squares are given, with those put right whose squares are out of the rows' range."""
    odd = np.flatnonzero(out_of_range(squares, rows.dtype))
    if odd.size:
        found[odd] = scaled_norms(rows[odd]) / count**0.5
    return found


def out_of_range(squares: NDArray[np.floating], precision: np.dtype[Any]) -> NDArray[np.bool_]:
    """Which sums of squares their precision does not hold, NaN among them."""
    return ~((squares >= LOWEST[precision]) & (squares < np.inf))


def in_range(squares: Array) -> bool:
    """Whether all are: what is asked at every update."""
    low = np.minimum.reduce(squares, axis=None)
    return bool(low >= LOWEST[squares.dtype] and np.maximum.reduce(squares, axis=None) < np.inf)


def scaled_norms(rows: Array) -> NDArray[np.float64]:
    """(trials,): norms in float64, of float64 numbers by way of the largest; not finite where a number is not."""
    largest: NDArray[np.float64] | float
    unit, largest = _scaled(rows) if rows.dtype == np.float64 else (rows.astype(np.float64), 1.0)
    found: NDArray[np.float64] = np.sqrt(np.vecdot(unit, unit)) * largest
    return found


def clipped(rows: Array, limits: Array) -> Array:
    """Rows scaled down to their limits (trials,), where they are longer, however long they are.

    A row with a number that is not finite becomes NaN: nothing is known of its direction.
    """
    unit, largest = _scaled(rows)
    relative = np.sqrt(np.vecdot(unit, unit))  # of the norm, to the largest number
    longer = relative > limits / largest
    shortened = unit * (limits / np.where(longer, relative, 1.0))[:, None]
    lost = ~np.isfinite(relative)
    found = np.where(lost[:, None], np.nan, np.where(longer[:, None], shortened, rows))
    return found.astype(rows.dtype)


def _scaled(rows: Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows over their largest absolute number, in float64, and that number; 1 where there is none to divide by."""
    exact = rows.astype(np.float64)
    largest = np.abs(exact).max(axis=1, initial=0.0)
    largest[~((largest > 0) & (largest < np.inf))] = 1.0
    return exact / largest[:, None], largest
