"""What every rule of early termination takes and gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

MINIMIZE, MAXIMIZE = "minimize", "maximize"


@dataclass(frozen=True)
class Standing:
    """Where a trial stands at the check epoch: the metric's value there and its best by then; None: not finite.

    `configuration`, `replicate`: their numbers in the sweep. `best` counts from epoch 1; only candidates need it.
    """

    trial_id: int
    value: float | None
    best: float | None = None
    configuration: int = 0
    replicate: int = 0


@dataclass(frozen=True)
class Verdict:
    """What was decided of one trial; `value` was held against `threshold`; None: not finite, or the rule has none."""

    trial_id: int
    stop: bool
    value: float | None
    threshold: float | None


Standings = Sequence[Standing]


class Rule(Protocol):
    """When to look, and whom to stop. A rule is a value: the same standings give the same verdicts, in any order."""

    name: ClassVar[str]

    def check_epochs(self, epochs: int) -> tuple[int, ...]:
        """The epochs after which a trial of that many epochs is judged, ascending, all from 1 to before its last."""
        ...

    def decide(self, goal: str, epoch: int, candidates: Standings, reached: Standings) -> tuple[Verdict, ...]:
        """One verdict for each candidate, in their order.

        `goal`: minimize or maximize. `reached`: every trial of the sweep with a value at this check epoch, the
        candidates included; it must not be empty where candidates are given.
        """
        ...


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
