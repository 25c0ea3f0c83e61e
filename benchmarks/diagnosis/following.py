"""One bad configuration, trained anew with the advice it got, and with as many changes drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.diagnosis.drawing import draw
from benchmarks.diagnosis.training import Trained, train
from comparison.diagnosis.diagnosis import diagnose
from engine.errors import InvalidHyperparameter
from engine.hyperparameters import Configuration, configuration, values_of

KEPT = frozenset({"dataset", "cost", "epochs", "output_activation"})  # costs must remain comparable


@dataclass(frozen=True)
class Followed:
    """Best validation costs, over the constant predictor's training cost: `before`, `after`, and of the control."""

    configuration: Configuration
    outcome: str | None
    rules: tuple[str, ...]
    advice: Mapping[str, Any]
    before: float
    after: float
    control: float

    @property
    def helped(self) -> bool:
        """Whether the advice lowered the best validation cost; no advice did not."""
        return self.after < self.before

    @property
    def control_helped(self) -> bool:
        """Whether the random changes did."""
        return self.control < self.before

    @property
    def line(self) -> str:
        """For the terminal."""
        own = self.configuration
        sign = "lower" if self.helped else "NOT LOWER"
        costs = f"{self.before:.3g} -> {self.after:.3g} (random {self.control:.3g})"
        return f"{own.dataset} {list(own.layers)} {self.outcome}: {costs} {sign}; {', '.join(self.rules)}"


def follow(trained: Trained, random: np.random.Generator) -> Followed:
    """Diagnose, change and train again; what the diagnosis says about epochs is not followed."""
    found = diagnose(trained.evidence)
    own, constant = trained.evidence.configuration, trained.evidence.constant_cost
    advice = {name: value for name, value in found.advice.items() if name not in KEPT}
    after = train(replace(own, **advice)).best_cost if advice else trained.best_cost  # type: ignore[arg-type]
    control = train(_changed_at_random(own, max(1, len(advice)), random)).best_cost
    return Followed(
        own,
        trained.evidence.recorded.outcome,
        tuple(finding.rule for finding in found.findings),
        advice,
        trained.best_cost / constant,
        after / constant,
        control / constant,
    )


def _changed_at_random(own: Configuration, changes: int, random: np.random.Generator) -> Configuration:
    """The configuration with as many hyperparameters of another draw as the advice changed, where they differ."""
    while True:
        other = values_of(draw(random))
        different = [name for name, value in values_of(own).items() if name not in KEPT and other[name] != value]
        names = random.permutation(different)[:changes]
        try:
            return configuration(values_of(own) | {str(name): other[str(name)] for name in names})
        except InvalidHyperparameter:
            continue
