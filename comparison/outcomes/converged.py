"""Converged: the cost has settled. The minimum may be local; one no better than a constant is `stuck` before this."""

from __future__ import annotations

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading

SETTLED_FOR = 0.5  # share of the epochs
LIVELY = 0.15  # of the level: with more noise than this, nothing has settled
LIVELY_SCALE = 0.02  # of the constant predictor's cost: unless it is too little to be seen


class Converged(Rule):
    """The second half of the epochs changed the level by less than counts."""

    outcome = Outcome.CONVERGED
    fewest_epochs = 5

    def holds(self, reading: Reading) -> bool:
        """Calm, and neither fallen nor risen since half-time, nor on its way up or down again."""
        lively = reading.noise > max(LIVELY * reading.level, LIVELY_SCALE * reading.scale)
        if lively or reading.crawls or abs(reading.gain_over(SETTLED_FOR)) > reading.indistinct:
            return False
        return not reading.swings.is_lively

    def since(self, reading: Reading) -> int | None:
        """From where on the level has not changed by as much as counts."""
        return reading.settled_since(reading.indistinct)
