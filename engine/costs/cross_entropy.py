"""Cross-entropy of classes on a softmax output."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.costs.base import Cost


class CrossEntropy(Cost):
    """C = mean over samples of -sum_k y_k log a_k, a = softmax(z); targets are one-hot."""

    cancels = "softmax"
    from_weighted_input = True

    def gradient_scale(self, outputs: int) -> float:
        """dC/dz = a - y."""
        return 1.0

    def cost_scale(self, outputs: int) -> float:
        """Summed over outputs."""
        return 1.0

    def totals(self, values: Array, targets: Array, scratch: Array) -> Array:
        """Sum over samples of log sum_k exp z_k - z_label, shifted by the largest z so that nothing overflows."""
        largest = np.maximum.reduce(values, axis=1, keepdims=True)
        np.subtract(values, largest, out=scratch)
        products = np.multiply(scratch, targets)
        labels = np.add.reduce(products, axis=1)
        np.exp(scratch, out=scratch)
        sums = np.add.reduce(scratch, axis=1)
        np.log(sums, out=sums)
        np.subtract(sums, labels, out=sums)
        total: Array = np.vecdot(sums, np.ones(sums.shape[1], dtype=sums.dtype))
        return total
