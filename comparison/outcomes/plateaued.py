"""Plateaued: no progress lately, but not for long enough to say that it has settled."""

from __future__ import annotations

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading

LATELY = 0.2  # share of the epochs


class Plateaued(Rule):
    """The last fifth of the epochs lowered the level by less than counts."""

    outcome = Outcome.PLATEAUED

    def holds(self, reading: Reading) -> bool:
        """Not fallen lately, nor at a crawl all the time."""
        return reading.gain_over(LATELY) <= reading.indistinct and not reading.crawls

    def since(self, reading: Reading) -> int | None:
        """From where on the level has not changed by as much as counts."""
        return reading.settled_since(reading.indistinct)
