"""Dropout that leaves too few units to carry the signal.

Srivastava et al., "Dropout" (2014), section 7.3: what counts is how many units are left, not how many are dropped.
"""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

FEW = 16  # units left of the narrowest hidden layer
STRONG = 0.5


class StrongDropout(Rule):
    """Half of the hidden units or more are dropped, or few are left, on a trial that fits badly."""

    name = "strong_dropout"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        if not advised.layers or advised.dropout == 0:
            return None
        narrowest = min(advised.layers)
        left = (1 - advised.dropout) * narrowest
        if left >= FEW and advised.dropout < STRONG:
            return None
        return self.found(
            f"Dropout of {advised.dropout:g} leaves {number(left)} of {narrowest} units of the narrowest layer on the "
            "average.",
            {"dropout": advised.dropout, "units_left": left},
            {"dropout": 0.0},
            f"Without dropout all {narrowest} learn in every update.",
        )
