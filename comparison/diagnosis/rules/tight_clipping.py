"""Clipping far below the gradient's size: every update has the length of the limit, whatever the slope."""

from __future__ import annotations

from statistics import median

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

TIGHT = 5.0  # times the limit
SCALED = ("sgd", "momentum", "nesterov", "adagrad")  # the others divide by the gradient's own size


class TightClipping(Rule):
    """The recorded gradient norm, before clipping, is several times the limit."""

    name = "tight_clipping"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Reads the gradient norms over the epochs."""
        norms = [norm for norm in evidence.recorded.gradient_norm if norm is not None]
        if advised.clip_norm is None or advised.optimizer not in SCALED or not norms:
            return None
        if evidence.restless:
            return None  # longer updates are the last thing it needs
        usual = median(norms)
        if usual < TIGHT * advised.clip_norm:
            return None
        return self.found(
            f"Gradients are clipped to {number(advised.clip_norm)}, 1/{number(usual / advised.clip_norm)} of their "
            f"median norm of {number(usual)}.",
            {"clip_norm": advised.clip_norm, "median_gradient_norm": usual},
            {"clip_norm": None},
            f"Without clipping an update would be {number(usual / advised.clip_norm)} times as long.",
        )
