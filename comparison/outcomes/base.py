"""What an outcome is, and what a rule for one must say. `docs/outcomes.md` explains every rule and threshold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar

from comparison.outcomes.reading import Reading


class Outcome(StrEnum):
    """What a cost curve did; the gloss stands behind each member."""

    DIVERGED = "diverged"  # the cost is no longer finite, or has grown
    STUCK = "stuck"  # settled no better than a constant predictor, or where the gradient has vanished
    OVERFITTING = "overfitting"  # the validation cost rises while the training cost falls
    OSCILLATING = "oscillating"  # jumps up and down and gets nowhere
    CONVERGED = "converged"  # settled for the second half of its epochs
    PLATEAUED = "plateaued"  # no progress in the last fifth of its epochs
    STILL_DESCENDING = "still_descending"  # more epochs would lower the cost


class Rule(ABC):
    """One outcome's rule. It is asked only of finite curves with at least `fewest_epochs` epochs after epoch 0."""

    outcome: ClassVar[Outcome]
    fewest_epochs: ClassVar[int] = 2

    def __call__(self, reading: Reading) -> bool:
        """Whether the curve has this outcome, the rules before it having said no."""
        return reading.last_epoch >= self.fewest_epochs and self.holds(reading)

    @abstractmethod
    def holds(self, reading: Reading) -> bool:
        """The rule itself."""

    @abstractmethod
    def since(self, reading: Reading) -> int | None:
        """The epoch at which the outcome was reached, of a curve that has it; None where nothing was reached."""
