"""Oscillating: the training cost jumps up and down and gets nowhere, the mark of a learning rate that is too large."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading, median_of
from comparison.outcomes.swings import LARGE, LARGE_SCALE, Costs

SHARE = 1 / 3  # of the steps are large
FEWEST = 2  # large rises, and large falls
UNDONE = 1 / 4  # of the way is rise (or fall): the moves undo each other
SWINGS = 3  # slow ones, by turns up and down


class Oscillating(Rule):
    """Many large steps in the second half, in both directions, that undo each other; or slow swings that do."""

    outcome = Outcome.OSCILLATING
    fewest_epochs = 5

    def holds(self, reading: Reading) -> bool:
        """In steps, or in swings of many epochs."""
        return _jumps(reading) or _swings(reading)

    def since(self, reading: Reading) -> int | None:
        """The first large rise."""
        steps = np.diff(reading.train[1:])
        if _jumps(reading):
            return int(np.flatnonzero(_large(reading, steps) & (steps > 0))[0]) + 2
        turns = reading.swings.turns
        return next(low.epoch for low, high in pairwise(turns) if low.cost < high.cost) + 1


def _jumps(reading: Reading) -> bool:
    """Large steps, many, both ways, and without progress."""
    steps = reading.steps
    large = _large(reading, steps)
    rises = int(np.count_nonzero(large & (steps > 0)))
    falls = int(np.count_nonzero(large & (steps < 0)))
    up = float(np.maximum(steps, 0).sum())
    way = float(np.abs(steps).sum())
    undone = min(up, way - up) >= UNDONE * way
    return min(rises, falls) >= FEWEST and rises + falls >= SHARE * len(steps) and undone


def _swings(reading: Reading) -> bool:
    """Several swings, still going on, after which the level is no lower than it was before the last high."""
    if not reading.swings.is_lively or len(reading.swings.turns) <= SWINGS:
        return False
    high = max(reading.swings.turns[-2:], key=lambda turn: turn.cost)
    return float(reading.train[1 : high.epoch].min()) - reading.level <= reading.indistinct


def _large(reading: Reading, steps: Costs) -> NDArray[np.bool_]:
    middle = median_of(reading.train[-len(reading.steps) :])
    return np.abs(steps) >= max(LARGE * middle, LARGE_SCALE * reading.scale)
