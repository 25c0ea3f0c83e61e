"""What the rules read off a finite curve: levels, gains, noise. Robust to noise and to any length; NumPy only.

All measures are medians or means over windows that grow with the curve, so the same rule reads 5 and 5,000 epochs.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comparison.curve import Curve

Costs = NDArray[np.float64]

SMOOTHED_FROM = 6  # shorter curves are read epoch by epoch: there is nothing to spare for a median
# Mean rise of independent normal noise between neighbours is sigma / sqrt(pi).
NOISE_PER_MEAN_RISE = float(np.sqrt(np.pi))


class Reading:
    """A finite curve with at least one epoch; `scale` is the cost that differences are measured by (above 0)."""

    def __init__(self, curve: Curve) -> None:
        self.train: Costs = np.array(curve.train_cost, dtype=np.float64)
        self.validation: Costs = np.array(curve.validation_cost, dtype=np.float64)
        self.constant_cost = curve.constant_cost
        self.last_epoch = len(self.train) - 1
        self.scale = next((cost for cost in (curve.constant_cost, float(self.train[0])) if cost > 0), 1.0)

    @cached_property
    def span(self) -> int:
        """Epochs that one level is the median of: a tenth of the curve, at least 3; 1 on short curves."""
        return max(3, self.last_epoch // 10) if self.last_epoch >= SMOOTHED_FROM else 1

    @cached_property
    def level(self) -> float:
        """The training cost now."""
        return self.level_at(self.last_epoch)

    def level_at(self, epoch: int) -> float:
        """The training cost around an epoch: median of the `span` epochs that end there, epoch 0 excluded."""
        return float(np.median(self.train[max(1, epoch - self.span + 1) : epoch + 1]))

    def gain_over(self, share: float) -> float:
        """By how much the level fell in the last `share` of the epochs, two epochs at least (one on short curves)."""
        epochs = max(round(self.last_epoch * share), 2 if self.last_epoch >= SMOOTHED_FROM else 1)
        return self.level_at(max(1, self.last_epoch - epochs)) - self.level

    @cached_property
    def steps(self) -> Costs:
        """Changes of the training cost from epoch to epoch in the second half, five at least where there are so many.

        The step from epoch 0 is left out: it says where the weights were drawn, not how training goes.
        """
        return np.diff(self.train[1:])[-max(5, self.last_epoch // 2) :]

    @cached_property
    def noise(self) -> float:
        """Standard deviation of the training cost around its trend; 0 for a curve that only falls or only rises."""
        return noise_of(self.steps)

    @cached_property
    def indistinct(self) -> float:
        """The least change of level that counts as one.

        2 % of what was gained on the constant predictor or 10 % of the level, whichever is less: the first is what an
        eye sees on a linear axis, the second on a logarithmic one. Never below 0.5 % of the constant predictor's
        cost, where nobody looks, nor below twice the noise.
        """
        gained = max(self.constant_cost - self.level, 0.05 * self.scale)
        return max(min(0.02 * gained, 0.1 * self.level), 0.005 * self.scale, 2 * self.noise)


def noise_of(steps: Costs) -> float:
    """Standard deviation of the noise in a series, from its steps: what goes up and comes down again is noise."""
    if len(steps) < 2:
        return 0.0
    rise = float(np.mean(np.maximum(steps, 0)))
    fall = float(np.mean(np.maximum(-steps, 0)))
    return NOISE_PER_MEAN_RISE * min(rise, fall)
