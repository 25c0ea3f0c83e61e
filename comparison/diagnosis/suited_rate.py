"""Which learning rate suits a configuration at its start: from the sharpness of the cost there, by theory.

Used by the rules about steps. On a quadratic, gradient descent is stable below 2 / sharpness; momentum's steps add up
to 1 / (1 - momentum) times as much. Optimisers that divide by the gradient's size have a usual rate instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.tried_rates import TriedRates
from comparison.diagnosis.wording import number
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import Configuration

USUAL = {"adam": 0.005, "rmsprop": 0.002, "adagrad": 0.05}  # conventions
SHARE = 0.5  # of the largest stable rate at the start; cost surfaces sharpen as training goes on
LARGEST, SMALLEST = 20.0, 1e-4  # where the start is so flat, or so sharp, that it says little


@dataclass(frozen=True)
class SuitedRate:
    """`rate`: the one to try. `sharpness`: what it follows from, None where it is the optimiser's usual rate.

    `stable`: below it plain steps are stable at the start; None likewise.
    """

    rate: float
    sharpness: float | None
    reason: str
    stable: float | None = None


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
    return SuitedRate(float(f"{rate:.1e}"), sharpness, reason, stable)


def figures_of(rate: float, suited: SuitedRate) -> dict[str, float]:
    """The numbers that a finding about a learning rate rests on."""
    sharpness = {} if suited.sharpness is None else {"sharpness": suited.sharpness}
    return {"learning_rate": rate, "suited_rate": suited.rate, **sharpness}


def advised_start(
    rate: float, suited: SuitedRate, chosen: float, tried: TriedRates
) -> tuple[str, dict[str, float], dict[str, Value], str]:
    """What is found where the rate suits the trial as it was, but not what the rules before make of it."""
    then = f"There {suited.reason}; {number(chosen)} would suit it."
    return (
        f"The learning rate {number(rate)} does not suit what the advice above makes of the network.",
        {"learning_rate": rate},
        {"learning_rate": chosen},
        tried.said(chosen) or then,
    )
