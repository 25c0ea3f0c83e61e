"""A layer so narrow that what the classes differ in does not pass through it."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from engine.hyperparameters import Configuration

NARROW = 8  # units
WIDER = 32


class NarrowLayer(Rule):
    """The narrowest hidden layer has few units, on a trial that fits badly."""

    name = "narrow_layer"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        if not evidence.fits_badly or not advised.layers or min(advised.layers) >= NARROW:
            return None
        wider = tuple(max(WIDER, units) for units in advised.layers)
        narrowest = min(advised.layers)
        return self.found(
            f"The narrowest hidden layer has {narrowest} units, for {evidence.data.facts.outputs} outputs.",
            {"narrowest_layer": narrowest, "outputs": evidence.data.facts.outputs},
            {"layers": wider},
            f"Layers of at least {WIDER} units let more through.",
        )
