"""Binary cross-entropy on sigmoid outputs, each output a yes-or-no question of its own."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.costs.base import Cost


class BinaryCrossEntropy(Cost):
    """C = mean over samples and outputs of -y log a - (1 - y) log(1 - a), a = sigmoid(z)."""

    cancels = "sigmoid"
    from_weighted_input = True

    def gradient_scale(self, outputs: int) -> float:
        """dC/dz = (a - y) / outputs."""
        return 1.0 / outputs

    def cost_scale(self, outputs: int) -> float:
        """The mean over outputs."""
        return 1.0 / outputs

    def totals(self, values: Array, targets: Array, scratch: Array) -> Array:
        """Sum of max(z, 0) - y z + log(1 + exp(-|z|)), equal to the above and without overflow."""
        np.abs(values, out=scratch)
        np.negative(scratch, out=scratch)
        np.exp(scratch, out=scratch)
        np.log1p(scratch, out=scratch)
        # max(z, 0) - y z is exactly |z| (1 - y) or |z| y for y in {0, 1}, where nothing is lost by cancellation.
        linear = np.maximum(values, 0)
        np.subtract(linear, np.multiply(values, targets), out=linear)
        np.add(scratch, linear, out=scratch)
        sums = scratch.reshape(len(scratch), -1)
        total: Array = np.vecdot(sums, np.ones(sums.shape[1], dtype=sums.dtype))
        return total
