"""Memory that several workspaces share because they are never used at the same time: one allocation per name."""

from __future__ import annotations

from math import prod

import numpy as np

from engine.arrays import Array


class Pool:
    """Named buffers in one precision. Ask for the largest shape of a name first: a larger one later is new memory."""

    def __init__(self, precision: str) -> None:
        self.precision = precision
        self._flat: dict[str, Array] = {}

    def carve(self, name: str, shape: tuple[int, ...]) -> Array:
        """A contiguous array of this shape whose contents mean nothing yet."""
        size = prod(shape)
        if name not in self._flat or self._flat[name].size < size:
            self._flat[name] = np.zeros(size, dtype=self.precision)
        return self._flat[name][:size].reshape(shape)
