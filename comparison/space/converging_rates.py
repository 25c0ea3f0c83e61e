"""The learning rates that converge, for each initialisation, depth and optimiser: what a next sweep can start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from comparison.judging import Judge, has_result
from comparison.outcomes.base import Outcome
from comparison.results import TrialResult
from comparison.spread import quantile
from engine.hyperparameter_kinds import Value

HALF = 0.5
KEYS = ("dataset", "initialization", "initialization_scale", "optimizer")


@dataclass(frozen=True)
class ConvergingRates:
    """One setting of data set, initialisation, scale, depth and optimiser.

    A rate *works* when more than half of its ended trials are neither diverged nor stuck. `lowest`, `highest`: of the
    rates that work, None where none does; between them others may not (`gaps` of them).

    `stuck_to`: the highest rate below `lowest` at which half or more are stuck; `diverges_from`: the lowest above
    `highest` at which half or more diverge. `best`: the rate of the lowest median loss. `rates`: how many were tried.
    """

    setting: Mapping[str, Value]
    rates: int
    trials: int
    lowest: float | None
    highest: float | None
    gaps: int
    stuck_to: float | None
    diverges_from: float | None
    best: float | None


def converging_rates(results: Sequence[TrialResult], judged_by: Judge) -> tuple[ConvergingRates, ...]:
    """A row for each setting in which two rates or more have ended, in the order of the trials."""
    groups: dict[tuple[Value, ...], dict[float, list[TrialResult]]] = {}
    for one in results:
        if has_result(one):
            setting = (*(one.values.get(name) for name in KEYS), _depth(one))
            rate = float(one.values["learning_rate"])  # type: ignore[arg-type]
            groups.setdefault(setting, {}).setdefault(rate, []).append(one)
    return tuple(
        _row(dict(zip((*KEYS, "depth"), setting, strict=True)), by_rate, judged_by)
        for setting, by_rate in groups.items()
        if len(by_rate) > 1
    )


def _depth(result: TrialResult) -> int:
    """Hidden layers."""
    layers = result.values.get("layers")
    return len(layers) if isinstance(layers, tuple | list) else 1


def _row(
    setting: Mapping[str, Value], by_rate: Mapping[float, Sequence[TrialResult]], judged_by: Judge
) -> ConvergingRates:
    rates = sorted(by_rate)
    bad = {rate: _share(by_rate[rate], Outcome.DIVERGED, Outcome.STUCK) for rate in rates}
    work = [rate for rate in rates if bad[rate] < HALF]
    low, high = (work[0], work[-1]) if work else (None, None)
    stuck = [rate for rate in rates if (low is None or rate < low) and _share(by_rate[rate], Outcome.STUCK) >= HALF]
    diverging = [
        rate for rate in rates if (high is None or rate > high) and _share(by_rate[rate], Outcome.DIVERGED) >= HALF
    ]
    losses = {rate: quantile(sorted(map(judged_by.loss, by_rate[rate])), 0.5) for rate in rates}
    best = min(rates, key=losses.__getitem__)
    return ConvergingRates(
        setting=setting,
        rates=len(rates),
        trials=sum(map(len, by_rate.values())),
        lowest=low,
        highest=high,
        gaps=sum(low < rate < high for rate in rates if rate not in work)
        if low is not None and high is not None
        else 0,
        stuck_to=max(stuck, default=None),
        diverges_from=min(diverging, default=None),
        best=best if isfinite(losses[best]) else None,
    )


def _share(trials: Sequence[TrialResult], *outcomes: Outcome) -> float:
    return sum(one.outcome in outcomes for one in trials) / len(trials)
