"""Units that cannot learn from the start: saturated (the slope is nearly 0), or silent for every sample (it is 0).

Rakitianskaia and Engelbrecht, "Measuring saturation in neural networks" (2015); Lu, Shin, Su and Karniadakis, "Dying
ReLU and initialization" (2019).
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.initialisations import badness, better_weights
from comparison.diagnosis.wording import units, weights
from engine.hyperparameters import Configuration
from engine.starting_point import StartingPoint

IDLE = 0.5  # share of a layer's units


class IdleUnits(Rule):
    """Half of a hidden layer's units or more are saturated or dead before training."""

    name = "idle_units"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far, and at the alternatives."""
        own = evidence.configuration
        start, begun = evidence.start(advised), evidence.start(own)
        if start is None or begun is None:
            return None
        layer, idle, word = _worst(begun)
        if idle < IDLE or _worst(start)[1] < IDLE:
            return None
        advice = better_weights(evidence, advised)
        better = replace(advised, **advice)  # type: ignore[arg-type]
        then = evidence.start(better)
        if then is None or badness(evidence, better) >= badness(evidence, advised):
            return None
        bias = f" and biases of {own.initial_bias:g}" if own.initial_bias else ""
        return self.found(
            f"{idle:.0%} of the units of layer {layer} are {word} before the first update: {units(own)} with "
            f"{weights(own)}{bias}.",
            {f"{word}_share": idle, f"alternative_{word}_share": _worst(then)[1]},
            advice,
            f"{weights(better)} with biases of 0 would start with at most {_worst(then)[1]:.0%} of a layer.",
        )


def _worst(start: StartingPoint) -> tuple[int, float, str]:
    """Layer (from 1), share and word of the largest share; 0 where there is none."""
    shares = [
        (share, -layer, word)
        for word, of_layers in (("saturated", start.saturated_shares), ("dead", start.dead_shares))
        for layer, share in enumerate(of_layers, start=1)
        if isfinite(share)
    ]
    share, layer, word = max(shares, default=(0.0, -1, "saturated"))
    return -layer, share, word
