"""Overfitting: the validation cost rises for good while the training cost falls.

After the generalization loss GL of L. Prechelt, "Early Stopping - But When?" (1998), section 2.2: by how much the
validation cost exceeds its lowest value so far; his usual threshold of 5 %.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import median_filter

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import SHORTEST_SPAN, Reading, median_of, noise_of
from comparison.outcomes.swings import Costs

GENERALIZATION_LOSS = 0.05
LEAST_SCALE = 0.01  # of the constant predictor's cost: below, nobody would see it
NOISES = 3.0
WINDOW = 3  # latest epochs, all of which must lie above


class Overfitting(Rule):
    """The validation cost lies clearly above its lowest level, at all of the last epochs; training went on falling."""

    outcome = Outcome.OVERFITTING
    fewest_epochs = 6

    def holds(self, reading: Reading) -> bool:
        """Risen beyond noise since its lowest level, and training lower than then."""
        smooth = _smooth(reading)
        best = int(np.argmin(smooth))
        lowest, now = float(smooth[best]), float(smooth[-1])
        noise = noise_of(np.diff(reading.validation[1:])[-max(5, reading.last_epoch // 2) :])
        noise *= (SHORTEST_SPAN / reading.span) ** 0.5
        least = max(GENERALIZATION_LOSS * lowest, LEAST_SCALE * reading.scale, NOISES * noise)
        has_risen = now - lowest >= least and bool(np.all(smooth[-WINDOW:] > lowest + least / 2))
        train_then = median_of(reading.train[1 + best : 1 + best + reading.span])
        return has_risen and reading.level < train_then

    def since(self, reading: Reading) -> int | None:
        """The middle of the window in which the validation cost was lowest."""
        return int(np.argmin(_smooth(reading))) + 1 + reading.span // 2


def _smooth(reading: Reading) -> Costs:
    """Medians of the validation cost over every `span` epochs from epoch 1 on: entry 0 is of epochs 1 to `span`."""
    half = reading.span // 2
    medians = median_filter(reading.validation[1:], size=reading.span, mode="nearest")
    return np.asarray(medians[half : len(medians) - (reading.span - 1 - half)])
