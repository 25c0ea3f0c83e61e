"""Arrays with a leading trial axis: their type, views whose strides do not depend on how many trials there are.

Used all over the engine. A product of one trial must be the same BLAS call however many trials stand beside it, and
NumPy chooses that call by the strides of the last two axes: so views are made here, with strides that are written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Array = NDArray[Any]  # float32 or float64, as the configuration's precision says


def matrices(flat: Array, offset: int, rows: int, columns: int) -> Array:
    """The view (trials, rows, columns) of `flat` (trials, numbers), row after row from `offset` on."""
    size = flat.itemsize
    part = flat[:, offset : offset + rows * columns]
    return as_strided(part, (len(flat), rows, columns), (flat.strides[0], columns * size, size))


def number(value: float, precision: str) -> Array:
    """The number as an array without axes: NumPy calls with it take half the time of those with a Python number."""
    return np.array(value, dtype=precision)


def transposed(stack: Array) -> Array:
    """(trials, columns, rows) of (trials, rows, columns), a view."""
    return stack.swapaxes(-1, -2)


@contextmanager
def unbuffered() -> Iterator[None]:
    """Elementwise operations with a value per trial run over the arrays themselves.

    With its default buffer NumPy copies rows that are shorter than the buffer into it first, which makes an
    operation of shape (trials, n) with (trials, 1) two to three times slower.
    """
    before = np.setbufsize(16)
    try:
        with np.errstate(all="ignore"):  # a trial that diverges is reported, not warned about
            yield
    finally:
        np.setbufsize(before)
