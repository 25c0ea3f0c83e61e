"""Steps so long that they leap over the minimum: the cost grows, jumps, or all units saturate.

LeCun, Simard and Pearlmutter, "Automatic learning rate maximization by on-line estimation of the Hessian's
eigenvectors" (1993); Cohen et al., "Gradient descent on neural networks typically occurs at the edge of stability"
(2021).
"""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.suited_rate import advised_start, figures_of, suited_rate
from comparison.diagnosis.tried_rates import tried_rates
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

TOO_LARGE = 3.0  # times the suited rate
VERBS = {"diverged": "diverged", "oscillating": "oscillated"}
SMALLER = 0.2  # of the present rate, where the theory saw nothing and the curve did


class LargeSteps(Rule):
    """The rate is far above the suited one, or the curve diverged or oscillated; and no trial says otherwise."""

    name = "large_steps"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far, and at the sweep's trials of other rates."""
        rate, suited = advised.learning_rate, suited_rate(evidence, advised)
        own = suited_rate(evidence, evidence.configuration)
        tried = tried_rates(evidence, advised)
        if suited is not None and rate > TOO_LARGE * suited.rate:
            chosen = tried.below(rate, suited.rate)
            if chosen is None:
                return None
            if own is None or rate <= TOO_LARGE * own.rate:
                return self.found(*advised_start(rate, suited, chosen, tried))
            said = f"The learning rate {number(rate)} is {number(rate / own.rate)} times the suited one"
            expected = tried.said(chosen) or f"{number(chosen)} would begin within the stable range."
            return self.found(f"{said}: {own.reason}.", figures_of(rate, own), {"learning_rate": chosen}, expected)
        if not evidence.restless:
            return None
        chosen = tried.below(rate, float(f"{SMALLER * rate:.1e}"))
        if chosen is None:
            return None
        stable = own is not None and own.stable is not None and rate < own.stable
        why = ", which was stable at the start: the cost sharpened on the way." if stable else "."
        return self.found(
            f"The training {VERBS[str(evidence.recorded.outcome)]} at the learning rate {number(rate)}{why}",
            {"learning_rate": rate},
            {"learning_rate": chosen},
            tried.said(chosen) or "",
        )
