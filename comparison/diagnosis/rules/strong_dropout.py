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
        own = evidence.configuration
        if not own.layers or not advised.layers or advised.dropout == 0:
            return None
        if (1 - advised.dropout) * min(advised.layers) >= FEW and advised.dropout < STRONG:
            return None
        narrowest = min(own.layers)
        left = (1 - own.dropout) * narrowest
        return self.found(
            f"Dropout of {own.dropout:g} leaves {number(left)} of {narrowest} units of the narrowest layer on the "
            "average.",
            {"dropout": own.dropout, "units_left": left},
            {"dropout": 0.0},
            f"Without dropout all {min(advised.layers)} learn in every update.",
        )
