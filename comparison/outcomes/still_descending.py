"""Still descending: what is left when no other rule holds; the cost falls, so more epochs would lower it."""

from __future__ import annotations

from comparison.outcomes.base import Outcome, Rule
from comparison.outcomes.reading import Reading


class StillDescending(Rule):
    """The last rule: it always holds, for `Plateaued` has said that the level fell lately."""

    outcome = Outcome.STILL_DESCENDING

    def holds(self, reading: Reading) -> bool:
        """Always."""
        return True

    def since(self, reading: Reading) -> int | None:
        """Nothing was reached."""
        return None
