"""Which learning rate suits a configuration at its start: from the sharpness of the cost there, by theory.

Used by the rules about steps. On a quadratic, gradient descent is stable below 2 / sharpness; momentum's steps add up
to 1 / (1 - momentum) times as much. Optimisers that divide by the gradient's size have a usual rate instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

USUAL = {"adam": 0.005, "rmsprop": 0.002, "adagrad": 0.05}  # conventions
SHARE = 0.5  # of the largest stable rate at the start; cost surfaces sharpen as training goes on
LARGEST, SMALLEST = 20.0, 1e-4  # where the start is so flat, or so sharp, that it says little


@dataclass(frozen=True)
class SuitedRate:
    """`rate`: the one to try. `sharpness`: what it follows from, None where it is the optimiser's usual rate."""

    rate: float
    sharpness: float | None
    reason: str


def suited_rate(evidence: Evidence, configuration: Configuration) -> SuitedRate | None:
    """The suited learning rate, rounded to two digits; None where the start cannot be looked at."""
    if configuration.optimizer in USUAL:
        usual = USUAL[configuration.optimizer]
        return SuitedRate(usual, None, f"{number(usual)} is the usual rate of {configuration.optimizer}")
    sharpness = evidence.sharpness(configuration)
    if sharpness is None or not isfinite(sharpness) or sharpness <= 0:
        return None
    kept = configuration.momentum if configuration.optimizer in ("momentum", "nesterov") else 0.0
    stable = 2 / sharpness * (1 - kept)
    rate = min(max(SHARE * stable, SMALLEST), LARGEST)
    steps = f"plain steps are stable at learning rates below {number(stable)}"
    reason = f"the start has sharpness {number(sharpness)}, where {steps}"
    return SuitedRate(float(f"{rate:.1e}"), sharpness, reason)
