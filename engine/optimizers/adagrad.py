"""AdaGrad (Duchi, Hazan and Singer 2011), in the form of `torch.optim.Adagrad`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.hyperparameters import Configuration
from engine.optimizers.base import Optimizer


class Adagrad(Optimizer):
    """s <- s + g^2; theta <- theta - eta g / (sqrt(s) + epsilon)."""

    slots = ("squares",)

    def __init__(self, configurations: Sequence[Configuration], precision: str) -> None:
        super().__init__(configurations, precision)
        self._epsilon = self._column([one.epsilon for one in configurations])

    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """One step, shorter where gradients were large."""
        (squares,) = kept
        np.multiply(gradient, gradient, scratch)
        np.add(squares, scratch, squares)
        np.sqrt(squares, scratch)
        np.add(scratch, self._epsilon, scratch)
        np.multiply(gradient, rates, gradient)
        np.divide(gradient, scratch, gradient)
        np.subtract(parameters, gradient, parameters)
