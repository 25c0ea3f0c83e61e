"""By which number trials are compared: a metric becomes a loss; less is better, infinite where the trial diverged."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from comparison.outcomes.base import Outcome
from comparison.results import TrialResult
from comparison.verdict import Scale

ENDED = frozenset({"finished", "pruned"})  # has a result; a pruned trial counts with what it had reached
LOST = frozenset({"failed", "cancelled"})  # will never have one, for reasons that say nothing about its values


def has_result(one: TrialResult) -> bool:
    """Whether it has ended and says something about its values: it was not pruned before it began."""
    return one.state in ENDED and not _never_began(one)


def is_lost(one: TrialResult) -> bool:
    """Whether it will never have a result: a target that was reached ended its sweep before it began, too."""
    return one.state in LOST or _never_began(one)


def _never_began(one: TrialResult) -> bool:
    return one.state == "pruned" and one.seconds is None


@dataclass(frozen=True)
class Judge:
    """`measure` names the number, `loss` takes it from a result. `note` says what the user should know, or is None.

    `depends_on`: hyperparameters whose values make the number another quantity, so that it cannot be compared.
    """

    measure: str
    loss: Callable[[TrialResult], float]
    depends_on: frozenset[str]
    note: str | None = None

    @property
    def scale(self) -> Scale:
        """Costs are compared by their ratio, error rates, which may be 0, by their difference."""
        return Scale.DIFFERENCE if "error" in self.measure else Scale.RATIO


def judge(metric: str, goal: str) -> Judge:
    """The judge for a sweep's metric; where trials have no such number, the validation cost judges and it is noted."""
    if metric not in _JUDGES:
        chosen, note = _JUDGES["validation_cost"], f"{metric} cannot rank trials; they are ranked by validation_cost."
        return Judge(chosen.measure, chosen.loss, chosen.depends_on, note)
    chosen = _JUDGES[metric]
    natural = "maximize" if "accuracy" in metric else "minimize"
    if goal != natural:
        note = f"The goal is to {goal} {metric}, but less of it is better; trials are ranked so."
        note = note.replace("less", "more") if natural == "maximize" else note
        return Judge(chosen.measure, chosen.loss, chosen.depends_on, note)
    return chosen


def _or_infinite(value: float | None, result: TrialResult) -> float:
    return math.inf if value is None or result.outcome == Outcome.DIVERGED else value


def _accuracy_loss(result: TrialResult) -> float:
    accuracy = result.best_validation_accuracy
    return math.inf if accuracy is None or result.outcome == Outcome.DIVERGED else 1 - accuracy


_COST_DEPENDS = frozenset({"dataset", "cost"})
_JUDGES = {
    "validation_cost": Judge(
        "best_validation_cost", lambda one: _or_infinite(one.best_validation_cost, one), _COST_DEPENDS
    ),
    "train_cost": Judge(
        "best_train_cost", lambda one: _or_infinite(one.best_train_cost, one), _COST_DEPENDS | {"cost_recording"}
    ),
    "validation_accuracy": Judge("best_validation_error", _accuracy_loss, frozenset({"dataset"})),
    "epoch_seconds": Judge("seconds", lambda one: _or_infinite(one.seconds, one), frozenset({"dataset", "epochs"})),
}
