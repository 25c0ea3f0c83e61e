"""What the sweep's own trials say of other learning rates in the same setting: it goes before what theory expects.

Used by the rules about steps. A setting is all hyperparameters but the learning rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.wording import number
from comparison.judging import Judge, has_result
from comparison.results import TrialResult
from comparison.spread import quantile
from engine.hyperparameters import Configuration, configuration


@dataclass(frozen=True)
class TriedRates:
    """Rate -> median loss over its replicates, infinite where the middle one diverged."""

    losses: Mapping[float, float]

    @property
    def best(self) -> float | None:
        """The rate of the lowest loss; None where none is finite."""
        finite = [rate for rate, loss in self.losses.items() if isfinite(loss)]
        return min(finite, key=self.losses.__getitem__, default=None)

    def below(self, rate: float, theory: float) -> float | None:
        """The rate to try below this one, None where the trials speak against any: larger ones did better, or it did.

        The best one tried; theory's where that lies beyond all that were tried.
        """
        best = self.best
        if best is None:
            return theory
        if best < rate:
            return min(best, theory) if best == min(self.losses) else best
        return theory if best == rate == min(self.losses) else None

    def above(self, rate: float, theory: float) -> float | None:
        """The same the other way round."""
        best = self.best
        if best is None:
            return theory
        if best > rate:
            return max(best, theory) if best == max(self.losses) else best
        return theory if best == rate == max(self.losses) else None

    def said(self, rate: float) -> str | None:
        """That this one did best, as a sentence; None of another."""
        if rate != self.best:
            return None
        return f"{number(rate)} did best of the {len(self.losses)} rates tried with all else equal."


def tried_losses(results: Sequence[TrialResult], judged_by: Judge) -> dict[Configuration, float]:
    """Configuration -> median loss, of those of a sweep that have ended."""
    found: dict[int, list[TrialResult]] = {}
    for one in results:
        if has_result(one):
            found.setdefault(one.configuration_number, []).append(one)
    return {
        configuration(replicates[0].values): quantile(sorted(map(judged_by.loss, replicates)), 0.5)
        for replicates in found.values()
    }


def tried_rates(evidence: Evidence, advised: Configuration) -> TriedRates:
    """Those tried in the advised setting; in the trial's own where the sweep has not tried that one."""
    found = _rates(evidence.tried, advised)
    return TriedRates(found or _rates(evidence.tried, evidence.configuration))


def _rates(tried: Mapping[Configuration, float], setting: Configuration) -> dict[float, float]:
    rate = setting.learning_rate
    return {one.learning_rate: loss for one, loss in tried.items() if replace(one, learning_rate=rate) == setting}
