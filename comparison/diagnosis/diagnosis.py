"""The diagnosis of one trial: every rule asked in a stated order, each under the advice of those before.

Called by the API and by `benchmarks.diagnosis`. Causes at the start come first, then what the training does, then the
learning rate, which depends on all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.rules.fading_schedule import FadingSchedule
from comparison.diagnosis.rules.few_epochs import FewEpochs
from comparison.diagnosis.rules.few_updates import FewUpdates
from comparison.diagnosis.rules.gradient_flow import GradientFlow
from comparison.diagnosis.rules.idle_units import IdleUnits
from comparison.diagnosis.rules.large_steps import LargeSteps
from comparison.diagnosis.rules.linear_network import LinearNetwork
from comparison.diagnosis.rules.narrow_layer import NarrowLayer
from comparison.diagnosis.rules.overfitting import Overfitting
from comparison.diagnosis.rules.small_steps import SmallSteps
from comparison.diagnosis.rules.strong_dropout import StrongDropout
from comparison.diagnosis.rules.strong_penalty import StrongPenalty
from comparison.diagnosis.rules.symmetric_weights import SymmetricWeights
from comparison.diagnosis.rules.tight_clipping import TightClipping
from comparison.diagnosis.rules.unscaled_inputs import UnscaledInputs
from comparison.diagnosis.rules.wild_start import WildStart
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import Configuration

RULES: tuple[Rule, ...] = (
    UnscaledInputs(),
    LinearNetwork(),
    NarrowLayer(),
    SymmetricWeights(),
    IdleUnits(),
    GradientFlow(),
    WildStart(),
    StrongPenalty(),
    StrongDropout(),
    TightClipping(),
    FadingSchedule(),
    FewUpdates(),
    LargeSteps(),
    SmallSteps(),
    Overfitting(),
    FewEpochs(),
)


@dataclass(frozen=True)
class Diagnosis:
    """`findings` in the order of the rules; `advice`: all changes together, hyperparameter -> value to try."""

    findings: tuple[Finding, ...]
    advice: Mapping[str, Value]


def diagnose(evidence: Evidence) -> Diagnosis:
    """The diagnosis; empty where nothing stands out. Deterministic."""
    advised, findings = evidence.configuration, []
    for rule in RULES:
        finding = rule(evidence, advised)
        if finding is not None:
            findings.append(finding)
            advised = _changed(advised, finding.advice)
    advice = {name: value for finding in findings for name, value in finding.advice.items()}
    own = evidence.configuration
    return Diagnosis(tuple(findings), {name: value for name, value in advice.items() if getattr(own, name) != value})


def _changed(configuration: Configuration, advice: Mapping[str, Value]) -> Configuration:
    return replace(configuration, **advice)  # type: ignore[arg-type]
