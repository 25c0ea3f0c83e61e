"""The cost still falls at the last epoch."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

LONGER = 2


class FewEpochs(Rule):
    """The outcome says so; twice the epochs are advised."""

    name = "few_epochs"
    explains_failure = False

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Reads the training curve."""
        costs = [cost for cost in evidence.recorded.train_cost if cost is not None]
        if evidence.recorded.outcome != "still_descending" or len(costs) < 2:
            return None
        back = max(1, len(costs) // 5)
        return self.found(
            f"The training cost still falls: {number(costs[-1 - back])} to {number(costs[-1])} in the last {back} "
            "epochs.",
            {"epochs_back": back, "cost_then": costs[-1 - back], "cost_now": costs[-1]},
            {"epochs": min(LONGER * advised.epochs, 100_000)},
        )
