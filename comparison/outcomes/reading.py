"""What the rules read off a finite curve: levels, gains, noise, gradient. Robust to noise and to any length.

All measures are medians or means over windows that grow with the curve, so the same rule reads 5 and 5,000 epochs.
"""

from __future__ import annotations

import math
from functools import cached_property
from statistics import median

import numpy as np
from scipy.ndimage import median_filter

from comparison.curve import Curve
from comparison.outcomes.swings import Costs, Swings

SMOOTHED_FROM = 6  # shorter curves are read epoch by epoch: there is nothing to spare for a median
SHORTEST_SPAN = 3
# Mean rise of independent normal noise between neighbours is sigma / sqrt(pi).
NOISE_PER_MEAN_RISE = float(np.sqrt(np.pi))
FEWEST_STEPS = 10  # from which on single ones among them can be told from the rest
USUAL = 0.8  # share of the steps, the smallest, that say what is usual
JUMP = 10.0  # times their mean: more than 5 standard deviations of normal steps
GRADIENT_EPOCHS = 3  # latest ones, of which the median counts
LIVE = 0.1  # relative gradient of a network that learns
KEPT = 0.5  # of the largest gradient norm
HARDLY = 0.1  # of the cost before training: less was gained in all
NEGLIGIBLE = 0.005  # of the constant predictor's cost: nobody looks below
STEADILY = 0.25  # of what was gained came in the second half


class Reading:
    """A finite curve with at least one epoch; `scale` is the cost that differences are measured by (above 0)."""

    def __init__(self, curve: Curve) -> None:
        self.train: Costs = np.array(curve.train_cost, dtype=np.float64)
        self.validation: Costs = np.array(curve.validation_cost, dtype=np.float64)
        self.gradient = tuple(norm for norm in curve.gradient_norm if norm is not None)
        self.updates_per_epoch = curve.updates_per_epoch
        self.constant_cost = curve.constant_cost
        self.last_epoch = len(self.train) - 1
        self.scale = next((cost for cost in (curve.constant_cost, float(self.train[0])) if cost > 0), 1.0)

    @cached_property
    def span(self) -> int:
        """Epochs that one level is the median of: a tenth of the curve, at least 3; 1 on short curves."""
        return max(SHORTEST_SPAN, self.last_epoch // 10) if self.last_epoch >= SMOOTHED_FROM else 1

    @cached_property
    def level(self) -> float:
        """The training cost now."""
        return self.level_at(self.last_epoch)

    def level_at(self, epoch: int) -> float:
        """The training cost around an epoch: median of the `span` epochs that end there, epoch 0 excluded."""
        return median_of(self.train[max(1, epoch - self.span + 1) : epoch + 1])

    def gain_over(self, share: float) -> float:
        """By how much the level fell in the last `share` of the epochs, two epochs at least (one on short curves)."""
        epochs = max(round(self.last_epoch * share), 2 if self.last_epoch >= SMOOTHED_FROM else 1)
        return self.level_at(max(1, self.last_epoch - epochs)) - self.level

    def settled_since(self, tolerance: float) -> int:
        """The first epoch, from 1, from which on no level differs from the present one by more than `tolerance`.

        Levels here are medians of `span` epochs around each epoch.
        """
        levels = self.levels.copy()
        levels[-max(1, self.span // 2) :] = self.level
        far = np.flatnonzero(np.abs(levels - self.level) > tolerance)
        return int(far[-1]) + 2 if len(far) else 1

    @cached_property
    def levels(self) -> Costs:
        """Medians of `span` epochs around each epoch, from epoch 1 on."""
        return np.asarray(median_filter(self.train[1:], size=self.span, mode="nearest"))

    @cached_property
    def swings(self) -> Swings:
        """Rises and falls that take many epochs; epoch 0 is left out."""
        return Swings(self.train[1:], self.scale)

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
    def uncertainty(self) -> float:
        """What noise alone may do to the difference of two levels: two and more of its standard deviations.

        A median of m normal numbers has a standard deviation of about 1.25 / sqrt(m) of theirs.
        """
        return 2 * self.noise * min(1.0, math.sqrt(SHORTEST_SPAN / self.span))

    @cached_property
    def indistinct(self) -> float:
        """The least change of level that counts as one.

        2 % of what was gained on the constant predictor or 10 % of the level, whichever is less: the first is what an
        eye sees on a linear axis, the second on a logarithmic one. Never below 0.5 % of the constant predictor's
        cost, where nobody looks, nor below what noise does.
        """
        gained = max(self.constant_cost - self.level, 0.05 * self.scale)
        return max(min(0.02 * gained, 0.1 * self.level), NEGLIGIBLE * self.scale, self.uncertainty)

    @cached_property
    def relative_gradient(self) -> float | None:
        """The latest gradient norm over the training cost: the norm of the gradient of its logarithm.

        What share of the cost a step of length one down the gradient would take off, to first order. None where no
        gradient was recorded.
        """
        latest = self.gradient[-GRADIENT_EPOCHS:]
        return median(latest) / max(self.level, 1e-300) if latest else None

    @cached_property
    def crawls(self) -> bool:
        """Whether hardly anything was learned, steadily, under a gradient as large as ever: too small a learning rate.

        Such a cost looks settled, but it is at its beginning.
        """
        relative = self.relative_gradient
        if relative is None or relative < LIVE:
            return False
        kept = median(self.gradient[-GRADIENT_EPOCHS:]) >= KEPT * max(self.gradient)
        gained, lately = float(self.train[0]) - self.level, self.gain_over(0.5)
        return kept and gained <= HARDLY * float(self.train[0]) and lately > max(STEADILY * gained, self.uncertainty)


def median_of(costs: Costs) -> float:
    """The median of a few numbers: NumPy's own takes twenty times as long for what a level is made of."""
    return float(median(costs.tolist()))


def noise_of(steps: Costs) -> float:
    """Standard deviation of the noise in a series, from its steps: what goes up and comes down again is noise.

    A few steps that are far larger than the rest are jumps and left out: one spike is no noise.
    """
    if len(steps) < 2:
        return 0.0
    if len(steps) >= FEWEST_STEPS:
        sizes = np.sort(np.abs(steps))
        usual = JUMP * float(np.mean(sizes[: round(USUAL * len(sizes))]))
        steps = np.where(np.abs(steps) > usual, 0.0, steps)
    rise = float(np.mean(np.maximum(steps, 0)))
    fall = float(np.mean(np.maximum(-steps, 0)))
    return NOISE_PER_MEAN_RISE * min(rise, fall)
