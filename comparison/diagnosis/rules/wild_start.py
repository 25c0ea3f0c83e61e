"""Weights so large that the first outputs are far from any target: the first epochs only undo them.

He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015), section 2.2: the variance of the signal multiplies from
layer to layer.
"""

from __future__ import annotations

from dataclasses import replace

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.initialisations import badness, better_weights
from comparison.diagnosis.wording import number, weights
from engine.hyperparameters import Configuration

FAR = 5.0  # times the constant predictor's cost


class WildStart(Rule):
    """The cost before the first update is many times the constant predictor's."""

    name = "wild_start"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far, and at the alternatives."""
        own, constant = evidence.configuration, evidence.constant_cost
        start, begun = evidence.start(advised), evidence.start(own)
        if start is None or begun is None or not min(start.cost, begun.cost) > FAR * constant:
            return None
        advice = better_weights(evidence, advised)
        better = replace(advised, **advice)  # type: ignore[arg-type]
        then = evidence.start(better)
        if then is None or badness(evidence, better) >= badness(evidence, advised):
            return None
        return self.found(
            f"Before the first update the cost is {number(begun.cost)}, {number(begun.cost / constant)} times that of "
            f"the constant predictor: {weights(own)} makes the outputs too large.",
            {"starting_cost": begun.cost, "constant_cost": constant, "alternative_starting_cost": then.cost},
            advice,
            f"{weights(better)} would start at {number(then.cost)}.",
        )
