"""Overfitting: the validation cost rises for good while the training cost falls.

After the generalization loss GL of L. Prechelt, "Early Stopping - But When?" (1998), section 2.2: by how much the
validation cost exceeds its lowest value so far; his usual threshold of 5 %.
"""

from __future__ import annotations

import numpy as np

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading, noise_of

GENERALIZATION_LOSS = 0.05
LEAST_SCALE = 0.01  # of the constant predictor's cost: below, nobody would see it
NOISES = 3.0
WINDOW = 3  # epochs of a median


class Overfitting(Rule):
    """The validation cost lies clearly above its lowest level, at all of the last epochs; training went on falling."""

    outcome = Outcome.OVERFITTING
    fewest_epochs = 6

    def holds(self, reading: Reading) -> bool:
        """Risen beyond noise since its lowest level, and training lower than then."""
        smooth = np.median(np.lib.stride_tricks.sliding_window_view(reading.validation[1:], WINDOW), axis=1)
        best = int(np.argmin(smooth))
        lowest, now = float(smooth[best]), float(smooth[-1])
        noise = noise_of(np.diff(reading.validation[1:])[-max(5, reading.last_epoch // 2) :])
        least = max(GENERALIZATION_LOSS * lowest, LEAST_SCALE * reading.scale, NOISES * noise)
        has_risen = now - lowest >= least and bool(np.all(reading.validation[-WINDOW:] > lowest + least / 2))
        train_then = float(np.median(reading.train[1 + best : 1 + best + WINDOW]))
        return has_risen and reading.level < train_then
