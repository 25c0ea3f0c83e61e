"""What the sweep's own trials say of other learning rates in the same setting: it goes before what theory expects.

Used by the rules about steps. A setting is all hyperparameters but the learning rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def tried_losses(results: Sequence[TrialResult], judged_by: Judge) -> dict[Configuration, dict[float, float]]:
    """Setting -> learning rate -> median loss, of the configurations of a sweep that have ended."""
    found: dict[int, list[TrialResult]] = {}
    for one in results:
        if has_result(one):
            found.setdefault(one.configuration_number, []).append(one)
    return by_setting(
        (configuration(replicates[0].values), quantile(sorted(map(judged_by.loss, replicates)), 0.5))
        for replicates in found.values()
    )


def by_setting(losses: Iterable[tuple[Configuration, float]]) -> dict[Configuration, dict[float, float]]:
    """Configurations with their losses, as `Evidence.tried` holds them."""
    found: dict[Configuration, dict[float, float]] = {}
    for one, loss in losses:
        found.setdefault(_setting(one), {})[one.learning_rate] = loss
    return found


def tried_rates(evidence: Evidence, advised: Configuration) -> TriedRates:
    """Those tried in the advised setting; in the trial's own where the sweep has not tried that one."""
    found = evidence.tried.get(_setting(advised)) or evidence.tried.get(_setting(evidence.configuration))
    return TriedRates(found or {})


def _setting(one: Configuration) -> Configuration:
    return replace(one, learning_rate=1.0)
