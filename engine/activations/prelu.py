"""The rectified linear unit whose negative slope is learned (He et al. 2015, equation 1), one slope per layer."""

from __future__ import annotations

import numpy as np

from engine.activations.base import Slope
from engine.activations.leaky_relu import LeakyRelu
from engine.activations.piecewise import keep_above_zero
from engine.arrays import Array


class Prelu(LeakyRelu):
    """As leaky ReLU, but `slope` is a parameter, (trials, 1, 1), which may become negative: z itself is needed."""

    keeps_input = True
    default_slope = 0.25
    learned = True

    def backward(self, delta: Array, z: Array, a: Array, slope: Slope, scratch: Array) -> None:
        """Multiplies delta by 1 or slope."""
        np.multiply(delta, slope, scratch)
        keep_above_zero(delta, scratch, z, self.zero, self.one)

    def slope_gradient(self, delta: Array, z: Array, scratch: Array, out: Array) -> None:
        """dC/dslope (trials, 1, 1): sum over samples and units of dC/da min(z, 0), before `backward`."""
        np.minimum(z, self.zero, out=scratch)
        trials = len(delta)
        np.vecdot(delta.reshape(trials, -1), scratch.reshape(trials, -1), out=out[:, 0, 0])
