"""The gradient hardly reaches the first layer, or arrives blown up, before anything is trained.

Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010), section 4.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.initialisations import badness, better_weights, gradient_ratio
from comparison.diagnosis.wording import proportion, share, units, weights
from engine.hyperparameters import Configuration

UNEVEN = 30.0  # times more or less gradient than in the output layer
BETTER = 0.7  # the advised start is this much more even, on a logarithmic scale


class GradientFlow(Rule):
    """First and output layer differ in gradient by a large factor, and another initialisation evens it out."""

    name = "gradient_flow"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far, and at the alternatives."""
        own = evidence.configuration
        start, begun = evidence.start(advised), evidence.start(own)
        if start is None or begun is None or not own.layers:
            return None
        ratio = gradient_ratio(begun)
        if not (_uneven(gradient_ratio(start)) and _uneven(ratio)):
            return None
        advice = better_weights(evidence, advised)
        better = replace(advised, **advice)  # type: ignore[arg-type]
        then = evidence.start(better)
        if then is None or badness(evidence, better) > BETTER * badness(evidence, advised):
            return None
        received = share(ratio) if isfinite(ratio) else "none of"
        figures = {"gradient_ratio": ratio, "alternative_gradient_ratio": gradient_ratio(then)}
        first = _recorded_ratio(evidence)
        if first is not None:
            figures["gradient_ratio_in_epoch_1"] = first
        return self.found(
            f"Layer 1 receives {received} the output layer's gradient from epoch 0: {units(own)} with {weights(own)}.",
            figures,
            advice,
            f"{weights(better)} would start at {proportion(gradient_ratio(then))}.",
        )


def _uneven(ratio: float) -> bool:
    return not (isfinite(ratio) and 1 / UNEVEN <= ratio <= UNEVEN)


def _recorded_ratio(evidence: Evidence) -> float | None:
    """The same ratio as training recorded it over epoch 1."""
    norms = [layer.gradient_norm for layer in evidence.recorded.layers_of_epoch_1]
    if not norms:
        return None
    first, last = norms[0], norms[-1]
    return first / last if first is not None and last else None
