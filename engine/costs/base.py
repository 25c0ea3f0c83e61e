"""What a cost must be able to do. Called by `engine.propagation` and `engine.evaluation`.

Arrays are (trials, outputs, samples); targets may be broadcast over the trials. Costs are means over samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from engine.arrays import Array


class Cost(ABC):
    """A cost C and its derivative.

    `cancels`: the output activation whose derivative cancels against the cost's, so that dC/dz = scale (a - y);
    None where dC/da = scale (a - y). `from_weighted_input`: whether `totals` takes z, before the activation.
    """

    cancels: ClassVar[str | None] = None
    from_weighted_input: ClassVar[bool] = False

    @abstractmethod
    def gradient_scale(self, outputs: int) -> float:
        """The scale above."""

    @abstractmethod
    def cost_scale(self, outputs: int) -> float:
        """What `totals` over the number of samples is multiplied by."""

    @abstractmethod
    def totals(self, values: Array, targets: Array, scratch: Array) -> Array:
        """(trials,): the sum over samples and outputs. `values`, a or z, is not changed; `scratch` is."""
