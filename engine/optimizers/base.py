"""What an optimiser must be able to do. Called by `engine.updates` once per mini-batch, for all trials of an array.

Arrays are (trials, numbers): all parameters of a trial in one row. Values per trial are (trials, 1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from engine.arrays import Array
from engine.hyperparameters import Configuration


class Optimizer(ABC):
    """A rule that turns gradients into updates, with the settings of each trial of an array.

    `slots`: what it keeps for each parameter, all zero at the start; they come back as the rows of `kept`.
    """

    slots: ClassVar[tuple[str, ...]] = ()

    def __init__(self, configurations: Sequence[Configuration], precision: str) -> None:
        self._configurations = tuple(configurations)
        self._precision = precision

    @abstractmethod
    def step(self, parameters: Array, gradient: Array, rates: Array, kept: Sequence[Array], scratch: Array) -> None:
        """Updates `parameters` and `kept`; `gradient` and `scratch` may be overwritten; `rates` (trials, 1)."""

    def begin_update(self, number: int) -> None:  # noqa: B027 - most optimisers do not count
        """Told before each step which update it is, counted from 1 over the whole training."""

    def _column(self, values: Sequence[float]) -> Array:
        """(trials, 1) in the training's precision."""
        return np.array(values, dtype=np.float64).astype(self._precision)[:, None]
