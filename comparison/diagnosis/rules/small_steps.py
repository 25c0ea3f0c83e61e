"""Steps so short that the training ends long before it arrives."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.suited_rate import suited_rate
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

TOO_SMALL = 1 / 3  # of the suited rate


class SmallSteps(Rule):
    """The learning rate is far below the suited one, and the curve neither diverged nor oscillated."""

    name = "small_steps"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far."""
        suited = suited_rate(evidence, advised)
        if suited is None or advised.learning_rate >= TOO_SMALL * suited.rate:
            return None
        factor = suited.rate / advised.learning_rate
        figures = {"learning_rate": advised.learning_rate, "suited_rate": suited.rate}
        if suited.sharpness is not None:
            figures["sharpness"] = suited.sharpness
        return self.found(
            f"The learning rate {number(advised.learning_rate)} is 1/{number(factor)} of the suited one: "
            f"{suited.reason}.",
            figures,
            {"learning_rate": suited.rate},
            f"{number(suited.rate)} would make {number(factor)} times the way in the same updates.",
        )
