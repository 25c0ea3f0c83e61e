"""What a cost curve did: the outcome rules, asked in a stated order. Called by the worker for every trial it flushes.

Deterministic and cheap (about 0.1 ms), for any length; `docs/outcomes.md` explains the rules.
"""

from __future__ import annotations

from comparison.curve import Curve
from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.converged import Converged
from comparison.outcomes.diverged import Diverged
from comparison.outcomes.oscillating import Oscillating
from comparison.outcomes.overfitting import Overfitting
from comparison.outcomes.plateaued import Plateaued
from comparison.outcomes.reading import Reading
from comparison.outcomes.still_descending import StillDescending
from comparison.outcomes.stuck import Stuck

__all__ = ["FIRST_EPOCH", "RULES", "Outcome", "outcome"]

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


def outcome(curve: Curve) -> Outcome | None:
    """The outcome of a curve of any length; None before epoch 2, unless a cost is already not finite."""
    if None in curve.train_cost or None in curve.validation_cost:
        return Outcome.DIVERGED
    if len(curve.train_cost) <= FIRST_EPOCH:
        return None
    reading = Reading(curve)
    return next(rule.outcome for rule in RULES if rule(reading))
