"""Diverged: no minimum is found; the cost has grown, or is no longer finite (which is asked before all rules)."""

from __future__ import annotations

import numpy as np

from comparison.curve import Curve
from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Costs, Reading

GROWN = 1.5  # times the cost before training, or of the constant predictor, whichever is larger
RISING_EPOCHS = 5  # rises in a row: noise alone does so once in 720 times
RISEN = 1.5  # times the lowest cost
RISEN_SCALE = 0.1  # of the constant predictor's cost
FLAT = 0.02  # of the level: a cost that has grown and lies so still has saturated, and is stuck
QUIET = 0.15  # of the level: the most noise of such a cost


class Diverged(Rule):
    """The level is far above where it began, or rises without a break, far above the lowest cost."""

    outcome = Outcome.DIVERGED

    def holds(self, reading: Reading) -> bool:
        """Grown, or growing."""
        has_grown = reading.level > _limit(reading) and not self._is_flat(reading)
        return has_grown or self._is_growing(reading)

    def since(self, reading: Reading) -> int | None:
        """The first epoch of those at the end that lie above the limit, else the first of the unbroken rise."""
        if self._is_growing(reading) and reading.train[-1] <= _limit(reading):
            falls = np.flatnonzero(np.diff(reading.train) <= 0)
            return int(falls[-1]) + 2 if len(falls) else 1
        return min(_above(reading.train, _limit(reading)), reading.last_epoch)

    def _is_flat(self, reading: Reading) -> bool:
        """Nothing moves for the second half: units are saturated or dead."""
        tolerance = max(FLAT * reading.level, reading.uncertainty)
        still = reading.noise <= QUIET * reading.level and abs(reading.gain_over(0.5)) <= tolerance
        return reading.last_epoch >= 5 and still

    def _is_growing(self, reading: Reading) -> bool:
        latest = reading.train[-RISING_EPOCHS - 1 :]
        lowest = float(reading.train.min())
        far = latest[-1] >= RISEN * lowest and latest[-1] - lowest >= RISEN_SCALE * reading.scale
        return bool(len(latest) > RISING_EPOCHS and far and np.all(np.diff(latest) > 0))


def overflow_epoch(curve: Curve) -> int | None:
    """Where a curve with a cost that is not finite left its course: the growth right before counts. Else None."""
    both = list(zip(curve.train_cost, curve.validation_cost, strict=True))
    infinite = next((epoch for epoch, costs in enumerate(both) if None in costs), None)
    if infinite is None or infinite < 1:
        return infinite
    before = Reading(Curve(curve.train_cost[:infinite], curve.validation_cost[:infinite], curve.constant_cost))
    return _above(before.train, _limit(before))


def _limit(reading: Reading) -> float:
    return GROWN * max(float(reading.train[0]), reading.constant_cost)


def _above(costs: Costs, limit: float) -> int:
    """The first epoch of those at the end that lie above the limit; the one after the last if none does."""
    below = np.flatnonzero(costs <= limit)
    return int(below[-1]) + 1 if len(below) else 0
