"""Which initialisation starts best, found by looking at each: the alternatives that rules about weights advise.

Used by the rules about weights. A candidate is judged by how evenly the gradient reaches the layers and by units that
cannot learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf, isfinite, log, nan

from comparison.diagnosis.evidence import Evidence
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import Configuration
from engine.shapes import hidden_activations
from engine.starting_point import StartingPoint

CANDIDATES: tuple[tuple[str, float | None], ...] = (
    ("glorot_normal", None),
    ("he_normal", None),
    ("lecun_normal", None),
    ("orthogonal", None),
    ("glorot_normal", 2.0),
    ("glorot_normal", 4.0),  # the slope of the sigmoid at 0 is 1/4
)
WILD = 3.0  # times the constant predictor's cost: from there on, the starting cost counts against a candidate
WASTED = 2.0  # what a layer of units that cannot learn counts, as factors of e of the gradient


def gradient_ratio(start: StartingPoint) -> float:
    """Gradient norm of the first layer over that of the output; NaN where that is not defined."""
    norms = start.gradient_norms
    return norms[0] / norms[-1] if norms[-1] > 0 else nan


def better_weights(evidence: Evidence, advised: Configuration) -> Mapping[str, Value]:
    """The hyperparameters of the candidate that starts best, biases at 0; those of `advised` for what it keeps.

    Where nothing can be looked at: Glorot's, or He's for units that rectify.
    """
    tried = [_with(advised, *candidate) for candidate in CANDIDATES]
    if evidence.start(tried[0]) is None:
        name = "he_normal" if "relu" in hidden_activations(advised) else "glorot_normal"
        return {"initialization": name, "initialization_scale": None, "initial_bias": 0.0}
    best = min(tried, key=lambda one: badness(evidence, one))
    names = ("initialization", "initialization_scale", "initial_bias")
    return {name: getattr(best, name) for name in names}


def badness(evidence: Evidence, configuration: Configuration) -> float:
    """0 for equal gradients in all layers, no unit saturated or dead, no wild cost; infinite where no gradient flows.

    In factors of e.
    """
    start = evidence.start(configuration)
    if (
        start is None
        or not isfinite(start.cost)
        or not all(norm > 0 and isfinite(norm) for norm in start.gradient_norms)
    ):
        return inf
    logs = [log(norm) for norm in start.gradient_norms]
    wasted = [share for share in (*start.saturated_shares, *start.dead_shares) if isfinite(share)]
    wild = max(0.0, log(max(start.cost, 1e-300) / (WILD * evidence.constant_cost))) if evidence.constant_cost else 0.0
    return max(logs) - min(logs) + WASTED * sum(wasted) + wild


def _with(configuration: Configuration, name: str, scale: float | None) -> Configuration:
    return replace(configuration, initialization=name, initialization_scale=scale, initial_bias=0.0)
