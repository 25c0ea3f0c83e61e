"""Steps so short that the training ends long before it arrives."""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.suited_rate import advised_start, figures_of, suited_rate
from comparison.diagnosis.tried_rates import tried_rates
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

TOO_SMALL = 1 / 3  # of the suited rate


class SmallSteps(Rule):
    """The learning rate is far below the suited one; and no trial of the sweep says otherwise."""

    name = "small_steps"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far, and at the sweep's trials of other rates."""
        rate, suited = evidence.configuration.learning_rate, suited_rate(evidence, advised)
        if evidence.restless or advised.learning_rate != rate:
            return None  # nothing that jumps, or was just told to take smaller steps, is told to take larger ones
        if suited is None or rate >= TOO_SMALL * suited.rate:
            return None
        tried = tried_rates(evidence, advised)
        chosen = tried.above(rate, suited.rate)
        if chosen is None:
            return None
        own = suited_rate(evidence, evidence.configuration)
        if own is None or rate >= TOO_SMALL * own.rate:
            return self.found(*advised_start(rate, suited, chosen, tried))
        way = f"{number(chosen)} would make {number(chosen / rate)} times the way in the same updates."
        return self.found(
            f"The learning rate {number(rate)} is 1/{number(own.rate / rate)} of the suited one: {own.reason}.",
            figures_of(rate, own),
            {"learning_rate": chosen},
            tried.said(chosen) or way,
        )
