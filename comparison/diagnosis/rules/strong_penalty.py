"""The L2 penalty outweighs the cost: the weights are pulled to 0 faster than the data pull them away."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

WEIGHTY = 1e-3  # an L2 weight from which on it is looked at
USUAL = 1e-5


class StrongPenalty(Rule):
    """A large L2 weight on a trial that fits badly."""

    name = "strong_penalty"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Reads the weight norms at the end."""
        if advised.l2 < WEIGHTY:
            return None
        norms = [norm for norm in evidence.recorded.weight_norms if norm is not None]
        penalty = advised.l2 / 2 * sum(norm**2 for norm in norms)
        return self.found(
            f"The L2 penalty of {number(advised.l2)} holds the weights down: it costs {number(penalty)} at the end, "
            f"where the constant predictor costs {number(evidence.constant_cost)}.",
            {"l2": advised.l2, "penalty": penalty, "constant_cost": evidence.constant_cost},
            {"l2": USUAL},
            f"At l2 {USUAL:g} the same weights would cost {number(penalty * USUAL / advised.l2)}.",
        )
