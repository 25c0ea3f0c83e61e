"""What a rule finds and what a rule is. `docs/diagnosis.md` explains every rule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from comparison.diagnosis.evidence import Evidence
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import Configuration


@dataclass(frozen=True)
class Finding:
    """`sentence`: what is wrong; `figures`: the numbers it rests on, by name. `advice`: hyperparameter -> value to try.

    `expected`: what was computed of the alternative, as a sentence; empty where nothing could be.
    """

    rule: str
    sentence: str
    figures: Mapping[str, float]
    advice: Mapping[str, Value]
    expected: str = ""


class Rule(ABC):
    """One rule. Those that explain a failure are asked only where there is one (`Evidence.suffers`)."""

    name: ClassVar[str]
    explains_failure: ClassVar[bool] = True

    def __call__(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """The finding, or None. `advised`: the configuration with the advice of the rules before."""
        return None if self.explains_failure and not evidence.suffers else self.find(evidence, advised)

    @abstractmethod
    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """The rule itself."""

    def found(
        self, sentence: str, figures: Mapping[str, float], advice: Mapping[str, Value], expected: str = ""
    ) -> Finding:
        """A finding of this rule; figures that are not finite are left out."""
        kept = {name: float(value) for name, value in figures.items() if isfinite(value)}
        return Finding(self.name, sentence, kept, advice, expected)
