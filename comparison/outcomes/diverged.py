"""Diverged: no minimum is found; the cost has grown. That it is not finite is asked before there is a reading."""

from __future__ import annotations

import numpy as np

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading

GROWN = 1.5  # times the cost before training, or of the constant predictor, whichever is larger
RISING_EPOCHS = 5  # rises in a row: noise alone does so once in 720 times
RISEN = 1.5  # times the lowest cost
RISEN_SCALE = 0.1  # of the constant predictor's cost


class Diverged(Rule):
    """The level is far above where it began, or rises without a break, far above the lowest cost."""

    outcome = Outcome.DIVERGED

    def holds(self, reading: Reading) -> bool:
        """Grown, or growing."""
        began = max(float(reading.train[0]), reading.constant_cost)
        return reading.level > GROWN * began or self._is_growing(reading)

    def _is_growing(self, reading: Reading) -> bool:
        latest = reading.train[-RISING_EPOCHS - 1 :]
        lowest = float(reading.train.min())
        far = latest[-1] >= RISEN * lowest and latest[-1] - lowest >= RISEN_SCALE * reading.scale
        return bool(len(latest) > RISING_EPOCHS and far and np.all(np.diff(latest) > 0))
