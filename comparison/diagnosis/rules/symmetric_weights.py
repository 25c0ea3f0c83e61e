"""Equal weights: all units of a layer get the same gradient and stay copies of each other for ever."""

from __future__ import annotations

from dataclasses import replace

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.initialisations import better_weights
from comparison.diagnosis.rules.linear_network import EQUAL_WEIGHTS
from comparison.diagnosis.wording import weights
from engine.hyperparameters import Configuration


class SymmetricWeights(Rule):
    """Hidden layers whose weights are all alike."""

    name = "symmetric_weights"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        own = evidence.configuration
        if advised.initialization not in EQUAL_WEIGHTS or not own.layers:
            return None
        advice = better_weights(evidence, advised)
        widest = max(own.layers)
        return self.found(
            f"All weights start equal ({weights(own)}): the {widest} units of a layer get one gradient and remain "
            "one unit.",
            {"units": widest, "different_units": 1},
            advice,
            f"{weights(replace(advised, **advice))} makes them different.",  # type: ignore[arg-type]
        )
