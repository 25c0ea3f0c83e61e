"""Steps so long that they leap over the minimum: the cost grows, jumps, or all units saturate.

LeCun, Simard and Pearlmutter, "Automatic learning rate maximization by on-line estimation of the Hessian's
eigenvectors" (1993); Cohen et al., "Gradient descent on neural networks typically occurs at the edge of stability"
(2021).
"""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.suited_rate import suited_rate
from comparison.diagnosis.tried_rates import tried_rates
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

TOO_LARGE = 3.0  # times the suited rate
LIVELY = frozenset({"diverged", "oscillating"})
SMALLER = 0.2  # of the present rate, where the theory saw nothing and the curve did


class LargeSteps(Rule):
    """The rate is far above the suited one, or the curve diverged or oscillated; and no trial says otherwise."""

    name = "large_steps"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the start under the advice so far, and at the sweep's trials of other rates."""
        rate, suited = advised.learning_rate, suited_rate(evidence, advised)
        tried = tried_rates(evidence, advised)
        if suited is not None and rate > TOO_LARGE * suited.rate:
            chosen = tried.below(rate, suited.rate)
            if chosen is None:
                return None
            figures = {"learning_rate": rate, "suited_rate": suited.rate}
            if suited.sharpness is not None:
                figures["sharpness"] = suited.sharpness
            said = f"The learning rate {number(rate)} is {number(rate / suited.rate)} times the suited one"
            expected = tried.said(chosen) or f"{number(chosen)} would begin within the stable range."
            return self.found(f"{said}: {suited.reason}.", figures, {"learning_rate": chosen}, expected)
        if evidence.recorded.outcome not in LIVELY:
            return None
        chosen = tried.below(rate, float(f"{SMALLER * rate:.1e}"))
        if chosen is None:
            return None
        return self.found(
            f"The training {evidence.recorded.outcome} at the learning rate {number(rate)}, which was stable at the "
            "start: the cost sharpened on the way.",
            {"learning_rate": rate},
            {"learning_rate": chosen},
            tried.said(chosen) or "",
        )
