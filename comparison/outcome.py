"""What a cost curve did, and since when: the outcome rules, asked in a stated order. Called by the worker's flushes.

Deterministic and cheap (0.1 ms for 50 epochs), for any length; `docs/outcomes.md` explains the rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from comparison.curve import Curve
from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.converged import Converged
from comparison.outcomes.diverged import Diverged, overflow_epoch
from comparison.outcomes.oscillating import Oscillating
from comparison.outcomes.overfitting import Overfitting
from comparison.outcomes.plateaued import Plateaued
from comparison.outcomes.reading import Reading
from comparison.outcomes.still_descending import StillDescending
from comparison.outcomes.stuck import Stuck

__all__ = ["FIRST_EPOCH", "RULES", "Outcome", "Verdict", "outcome", "verdict"]

FIRST_EPOCH = 2  # before it, nothing is said of a finite curve

# The order in which they are asked: the first that holds is the outcome.
RULES: tuple[Rule, ...] = (
    Diverged(),
    Stuck(),
    Overfitting(),
    Oscillating(),
    Converged(),
    Plateaued(),
    StillDescending(),
)


@dataclass(frozen=True)
class Verdict:
    """An outcome and the epoch at which it was reached; both None of a curve that is too short to say."""

    outcome: Outcome | None
    epoch: int | None


def outcome(curve: Curve) -> Outcome | None:
    """The outcome of a curve of any length; None before epoch 2, unless a cost is already not finite."""
    return verdict(curve).outcome


def verdict(curve: Curve) -> Verdict:
    """The outcome with its epoch, which is None for a curve that still descends."""
    overflow = overflow_epoch(curve)
    if overflow is not None:
        return Verdict(Outcome.DIVERGED, overflow)
    if len(curve.train_cost) <= FIRST_EPOCH:
        return Verdict(None, None)
    reading = Reading(curve)
    rule = next(rule for rule in RULES if rule(reading))
    return Verdict(rule.outcome, rule.since(reading))
