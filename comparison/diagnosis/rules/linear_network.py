"""A network that is linear whatever its depth: no hidden layer, or hidden layers whose activation is the identity."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from engine.hyperparameters import Configuration
from engine.shapes import hidden_activations

UNITS = (32,)


class LinearNetwork(Rule):
    """Nothing between input and output bends."""

    name = "linear_network"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        if any(name != "identity" for name in hidden_activations(advised)):
            return None
        layers = {} if advised.layers else {"layers": UNITS}
        return self.found(
            f"The network is linear: {len(advised.layers)} hidden layers of identity add nothing to none.",
            {"hidden_layers": len(advised.layers)},
            {"activation": "tanh", **layers},
            "With tanh units it can bend.",
        )
