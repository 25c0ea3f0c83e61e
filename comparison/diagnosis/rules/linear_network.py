"""A network that is linear whatever its depth: no hidden layer, or hidden layers whose activation is the identity."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import Configuration
from engine.shapes import hidden_activations

UNITS = (32,)
EQUAL_WEIGHTS = ("zeros", "constant")


class LinearNetwork(Rule):
    """Nothing between input and output bends."""

    name = "linear_network"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        if any(name != "identity" for name in hidden_activations(advised)):
            return None
        advice: dict[str, Value] = {"activation": "tanh"}
        if not advised.layers:
            advice["layers"] = UNITS
            if advised.initialization in EQUAL_WEIGHTS:
                advice |= {"initialization": "glorot_normal", "initialization_scale": None}
        return self.found(
            f"The network is linear: {len(advised.layers)} hidden layers of identity add nothing to none.",
            {"hidden_layers": len(advised.layers)},
            advice,
            "With tanh units it can bend.",
        )
