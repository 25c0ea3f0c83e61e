"""The squared differences: summed over the outputs (the default), or their mean."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.costs.base import Cost
from engine.norms import sums_of_squares


class SumOfSquares(Cost):
    """C = mean over samples of sum_k (a_k - y_k)^2."""

    def gradient_scale(self, outputs: int) -> float:
        """dC/da = 2 (a - y)."""
        return 2.0

    def cost_scale(self, outputs: int) -> float:
        """Summed over outputs."""
        return 1.0

    def totals(self, values: Array, targets: Array, scratch: Array) -> Array:
        """Sum (a - y)^2."""
        np.subtract(values, targets, scratch)
        return sums_of_squares(scratch.reshape(len(scratch), -1))


class MeanSquaredError(SumOfSquares):
    """C = mean over samples and outputs of (a - y)^2."""

    def gradient_scale(self, outputs: int) -> float:
        """dC/da = 2 (a - y) / outputs."""
        return 2.0 / outputs

    def cost_scale(self, outputs: int) -> float:
        """The mean over outputs."""
        return 1.0 / outputs
