"""Oscillating: the training cost jumps up and down and gets nowhere, the mark of a learning rate that is too large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Costs, Reading, median_of

LARGE = 0.2  # of the level: a step of this size is seen on a logarithmic axis
LARGE_SCALE = 0.02  # of the constant predictor's cost: and on a linear one
SHARE = 1 / 3  # of the steps are large
FEWEST = 2  # large rises, and large falls
UNDONE = 1 / 4  # of the way is rise (or fall): the moves undo each other


class Oscillating(Rule):
    """Many large steps in the second half, in both directions, that undo each other."""

    outcome = Outcome.OSCILLATING
    fewest_epochs = 5

    def holds(self, reading: Reading) -> bool:
        """Large, many, both ways, and without progress."""
        steps = reading.steps
        large = _large(reading, steps)
        rises = int(np.count_nonzero(large & (steps > 0)))
        falls = int(np.count_nonzero(large & (steps < 0)))
        up = float(np.maximum(steps, 0).sum())
        way = float(np.abs(steps).sum())
        undone = min(up, way - up) >= UNDONE * way
        return min(rises, falls) >= FEWEST and rises + falls >= SHARE * len(steps) and undone

    def since(self, reading: Reading) -> int | None:
        """The first large rise."""
        steps = np.diff(reading.train[1:])
        return int(np.flatnonzero(_large(reading, steps) & (steps > 0))[0]) + 2


def _large(reading: Reading, steps: Costs) -> NDArray[np.bool_]:
    middle = median_of(reading.train[-len(reading.steps) :])
    return np.abs(steps) >= max(LARGE * middle, LARGE_SCALE * reading.scale)
