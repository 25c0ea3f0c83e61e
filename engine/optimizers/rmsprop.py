"""RMSprop (Tieleman and Hinton 2012, lecture 6.5), in the form of `torch.optim.RMSprop`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.hyperparameters import Configuration
from engine.optimizers.base import Optimizer

DEFAULT_DECAY = 0.99


class Rmsprop(Optimizer):
    """s <- beta2 s + (1 - beta2) g^2; theta <- theta - eta g / (sqrt(s) + epsilon)."""

    slots = ("squares",)

    def __init__(self, configurations: Sequence[Configuration], precision: str) -> None:
        super().__init__(configurations, precision)
        decays = [DEFAULT_DECAY if one.beta2 is None else one.beta2 for one in configurations]
        self._decay = self._column(decays)
        self._rest = self._column([1.0 - decay for decay in decays])
        self._epsilon = self._column([one.epsilon for one in configurations])

    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """One step, in units of the gradients' recent root mean square."""
        (squares,) = kept
        np.multiply(gradient, gradient, scratch)
        np.multiply(scratch, self._rest, scratch)
        np.multiply(squares, self._decay, squares)
        np.add(squares, scratch, squares)
        np.sqrt(squares, scratch)
        np.add(scratch, self._epsilon, scratch)
        np.multiply(gradient, rates, gradient)
        np.divide(gradient, scratch, gradient)
        np.subtract(parameters, gradient, parameters)
