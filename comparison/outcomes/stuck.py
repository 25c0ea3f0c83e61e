"""Stuck: settled no better than a constant predictor, or wherever the gradient vanished while the cost was high.

Sigmoid units with squares at a large learning rate never overflow, they saturate and stick; deep sigmoid networks
from small weights lie on such a plateau from the start (Glorot and Bengio, AISTATS 2010, section 3). At a minimum
mini-batches still pull in different directions; where none pulls, units are saturated or dead.
"""

from __future__ import annotations

import numpy as np

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import NEGLIGIBLE, Reading, median_of

WINDOW = 5  # epochs, at least: two bad ones at the end of a lively curve do not make it stuck
NO_BETTER = 0.95  # of the constant predictor's cost
LATELY = 0.2  # share of the epochs
SETTLED_FOR = 0.5  # share of the epochs
MOVED = 0.01  # of the constant predictor's cost
FAINT = 0.03  # relative gradient: a step of length one would change the cost by no more than 3 %
CREPT = 0.05  # of the level: what a cost with a faint gradient may still lose in half of the epochs
VANISHED = 0.005  # relative gradient of units that are saturated or dead, whatever the cost
POOR = 0.2  # of the constant predictor's cost: below, a vanished gradient is a fit
FEWEST_UPDATES = 4  # an epoch: a gradient over most of the set vanishes at any minimum


class Stuck(Rule):
    """The latest epochs are no better than the constant predictor and do not fall, or nothing pulls any more."""

    outcome = Outcome.STUCK

    def holds(self, reading: Reading) -> bool:
        """No better and not falling, unless at a crawl; or flat where the gradient vanished."""
        if self._no_better(reading):
            return self._not_falling(reading) and not reading.crawls
        return _has_vanished(reading) and abs(reading.gain_over(SETTLED_FOR)) <= reading.indistinct

    def since(self, reading: Reading) -> int | None:
        """From where on the level has not moved."""
        crept = CREPT * reading.level if _is_faint(reading) else 0.0
        return reading.settled_since(max(MOVED * reading.scale, reading.uncertainty, reading.indistinct, crept))

    def _no_better(self, reading: Reading) -> bool:
        latest = reading.train[1:][-max(WINDOW, round(reading.last_epoch * LATELY)) :]
        if median_of(latest) < max(NO_BETTER * reading.constant_cost, NEGLIGIBLE * reading.scale):
            return False
        low = np.quantile(reading.train[1:][-max(WINDOW, reading.last_epoch // 2) :], 0.1)
        beneath = reading.last_epoch >= 2 * WINDOW and float(low) < NO_BETTER * reading.constant_cost
        lively = reading.noise > 0.1 * reading.level
        return not (beneath and lively)

    def _not_falling(self, reading: Reading) -> bool:
        gain = min(reading.gain_over(LATELY), reading.gain_over(SETTLED_FOR))
        crept = CREPT * reading.level if _is_faint(reading) else 0.0
        return gain <= max(MOVED * reading.scale, 2 * reading.noise, crept)


def _is_faint(reading: Reading) -> bool:
    return reading.relative_gradient is not None and reading.relative_gradient <= FAINT


def _has_vanished(reading: Reading) -> bool:
    """The gradient, at a cost that is no fit, over more than one or two mini-batches an epoch."""
    known = reading.relative_gradient is not None and reading.relative_gradient <= VANISHED
    small_batches = reading.updates_per_epoch is not None and reading.updates_per_epoch >= FEWEST_UPDATES
    poor = reading.level >= max(POOR * reading.constant_cost, NEGLIGIBLE * reading.scale)
    return known and small_batches and poor
