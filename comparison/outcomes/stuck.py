"""Stuck: settled no better than a constant predictor.

Sigmoid units with squares at a large learning rate never overflow, they saturate and stick; deep sigmoid networks
from small weights lie on such a plateau from the start.
"""

from __future__ import annotations

import numpy as np

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading

WINDOW = 5  # epochs, at least: two bad ones at the end of a lively curve do not make it stuck
NO_BETTER = 0.95  # of the constant predictor's cost
LATELY = 0.2  # share of the epochs
SETTLED_FOR = 0.5  # share of the epochs
MOVED = 0.01  # of the constant predictor's cost


class Stuck(Rule):
    """The latest epochs are no better than the constant predictor, and the level does not fall."""

    outcome = Outcome.STUCK

    def holds(self, reading: Reading) -> bool:
        """No better, and not falling, be it lately or since half-time."""
        latest = reading.train[1:][-max(WINDOW, round(reading.last_epoch * LATELY)) :]
        no_better = float(np.median(latest)) >= NO_BETTER * reading.constant_cost
        gain = min(reading.gain_over(LATELY), reading.gain_over(SETTLED_FOR))
        return no_better and gain <= max(MOVED * reading.scale, 2 * reading.noise)
