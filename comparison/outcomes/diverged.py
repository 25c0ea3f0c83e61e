"""Diverged: no minimum is found; the cost has grown, or is no longer finite (which is asked before all rules)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comparison.curve import Curve
from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import NEGLIGIBLE, Reading
from comparison.outcomes.swings import Costs

GROWN = 1.5  # times the cost before training, or of the constant predictor, whichever is larger
RISING_EPOCHS = 5  # rises in a row: noise alone does so once in 720 times
RISEN = 1.5  # times the lowest cost
RISEN_SCALE = 0.1  # of the constant predictor's cost
FLAT = 0.02  # of the level: a cost that has grown and lies so still has saturated, and is stuck
LATEST = 3  # epochs, all of which must lie above the middle of a rise that is broken
BEYOND = 1.2  # times the highest cost that an earlier rise reached before it was undone: less is a swing
QUIET = 0.15  # of the level: the most noise of such a cost


class Diverged(Rule):
    """The level is far above where it began, or has risen for good, far above the lowest cost."""

    outcome = Outcome.DIVERGED

    def holds(self, reading: Reading) -> bool:
        """Grown, or growing."""
        has_grown = reading.level > _limit(reading) and not self._is_flat(reading)
        return has_grown or self._is_growing(reading) or self._has_risen(reading)

    def since(self, reading: Reading) -> int | None:
        """The first epoch of those at the end that lie above the limit, else the first of the rise."""
        if reading.train[-1] > _limit(reading):
            return min(_above(reading.train, _limit(reading)), reading.last_epoch)
        begun = [min(_above(reading.train, _limit(reading)), reading.last_epoch)]
        if self._is_growing(reading):
            begun.append(_after(np.flatnonzero(np.diff(reading.train) <= 0)))
        if self._has_risen(reading):
            lowest = float(reading.levels.min())
            begun.append(_after(np.flatnonzero(reading.train[1:] <= lowest + reading.indistinct)))
        return min(begun)

    def _is_flat(self, reading: Reading) -> bool:
        """Nothing moves for the second half: units are saturated or dead."""
        tolerance = max(FLAT * reading.level, reading.uncertainty)
        still = reading.noise <= QUIET * reading.level and abs(reading.gain_over(0.5)) <= tolerance
        return reading.last_epoch >= 5 and still

    def _is_growing(self, reading: Reading) -> bool:
        latest = reading.train[-RISING_EPOCHS - 1 :]
        if len(latest) <= RISING_EPOCHS or not _is_far(reading, float(latest[-1]), float(reading.train.min())):
            return False
        return bool(np.all(np.diff(latest) > 0)) and _is_new(reading, float(latest[-1]))

    def _has_risen(self, reading: Reading) -> bool:
        """Rises with breaks, or has jumped, and has not come back; since half-time, or it would have settled there."""
        if reading.last_epoch < RISING_EPOCHS or not _is_far(reading, reading.level, float(reading.train[1:].min())):
            return False
        lowest = float(reading.levels.min())
        rise = reading.level - lowest
        far = _is_far(reading, reading.level, lowest)
        lately = reading.gain_over(0.5) < -reading.indistinct and rise >= 2 * reading.uncertainty
        for_good = float(reading.train[-LATEST:].min()) > lowest + rise / 2
        return far and lately and for_good and _is_new(reading, reading.level)


def overflow_epoch(curve: Curve) -> int | None:
    """Where a curve with a cost that is not finite left its course: the growth right before counts. Else None."""
    both = list(zip(curve.train_cost, curve.validation_cost, strict=True))
    infinite = next((epoch for epoch, costs in enumerate(both) if None in costs), None)
    if infinite is None or infinite < 1:
        return infinite
    before = Reading(Curve(curve.train_cost[:infinite], curve.validation_cost[:infinite], curve.constant_cost))
    return _above(before.train, _limit(before))


def _after(places: NDArray[np.intp]) -> int:
    """The epoch after the last of these, which count from epoch 1; the first where there is none."""
    return int(places[-1]) + 2 if len(places) else 1


def _is_far(reading: Reading, cost: float, lowest: float) -> bool:
    return cost >= RISEN * lowest and cost - lowest >= RISEN_SCALE * reading.scale


def _is_new(reading: Reading, cost: float) -> bool:
    """Whether no earlier rise had reached about as much before it was undone."""
    return cost > BEYOND * reading.swings.undone_height


def _limit(reading: Reading) -> float:
    return max(GROWN * max(float(reading.train[0]), reading.constant_cost), NEGLIGIBLE * reading.scale)


def _above(costs: Costs, limit: float) -> int:
    """The first epoch of those at the end that lie above the limit; the one after the last if none does."""
    below = np.flatnonzero(costs <= limit)
    return int(below[-1]) + 1 if len(below) else 0
