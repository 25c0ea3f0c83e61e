"""The validation cost rose while the training cost fell: the network learns what only the training set has."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

STRONGER = 10.0
LEAST = 1e-4
MOST = 1e-2


class Overfitting(Rule):
    """The outcome says so; a stronger penalty is advised."""

    name = "overfitting"
    explains_failure = False

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Reads the validation curve."""
        costs = [cost for cost in evidence.recorded.validation_cost if cost is not None]
        if evidence.recorded.outcome != "overfitting" or not costs:
            return None
        best = costs.index(min(costs))
        stronger = min(max(LEAST, STRONGER * advised.l2), MOST)
        return self.found(
            f"The validation cost was lowest at epoch {best} ({number(costs[best])}) and is "
            f"{number(costs[-1])} at epoch {len(costs) - 1}, while the training cost fell.",
            {"best_epoch": best, "best_cost": costs[best], "last_cost": costs[-1]},
            {"l2": stronger},
        )
