"""What every rule of early termination takes and gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MINIMIZE, MAXIMIZE = "minimize", "maximize"


@dataclass(frozen=True)
class Candidate:
    """A trial to be judged: the metric's value at the check epoch and its best value by then; None: not finite."""

    trial_id: int
    value: float | None
    best: float | None


@dataclass(frozen=True)
class Verdict:
    """What was decided of one trial; `value` was held against `threshold`; None: not finite."""

    trial_id: int
    stop: bool
    value: float | None
    threshold: float | None


def loss_under(goal: str) -> Callable[[float | None], float]:
    """The function from a value to a loss, where less is better; what is not finite loses to all that is.

    Raises `ValueError` for a goal other than minimize and maximize.
    """
    if goal not in (MINIMIZE, MAXIMIZE):
        raise ValueError(f"the goal must be minimize or maximize, not {goal!r}")
    sign = 1.0 if goal == MINIMIZE else -1.0

    def loss(value: float | None) -> float:
        return math.inf if value is None or not math.isfinite(value) else sign * value

    return loss


def finite(loss: float, goal: str) -> float | None:
    """The value whose loss that is, or None when it is not finite."""
    if not math.isfinite(loss):
        return None
    return loss if goal == MINIMIZE else -loss


Reached = Sequence[float | None]  # the metric of every trial of the sweep at the check epoch, the candidates' included
