"""What a set of trials did together: costs, epochs to targets, shares of outcomes. For a configuration or a value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comparison.judging import has_result, is_lost
from comparison.outcomes.base import Outcome
from comparison.results import TrialResult
from comparison.spread import Spread, finite, quantile, spread


@dataclass(frozen=True)
class TargetSummary:
    """How fast a target was reached. `median_epoch` counts trials that missed it as infinite: None if half did."""

    target: float
    reached: int
    of: int
    median_epoch: float | None


@dataclass(frozen=True)
class Summary:
    """Over `ended` of `trials` trials; `lost` ones failed, were cancelled or never began.

    Costs of diverged trials count as infinite. Shares are of the ended ones, None if there are none.
    """

    trials: int
    ended: int
    lost: int
    best_validation_cost: Spread | None
    final_validation_cost: Spread | None
    best_validation_accuracy: Spread | None
    best_epoch: Spread | None
    targets: tuple[TargetSummary, ...]
    diverged_share: float | None
    stuck_share: float | None
    seconds: Spread | None


def summary(results: Sequence[TrialResult], targets: Sequence[float]) -> Summary:
    """The summary of some trials."""
    ended = [one for one in results if has_result(one)]
    sound = [one for one in ended if one.outcome != Outcome.DIVERGED]
    return Summary(
        trials=len(results),
        ended=len(ended),
        lost=sum(map(is_lost, results)),
        best_validation_cost=spread(_cost(one, one.best_validation_cost) for one in ended),
        final_validation_cost=spread(_cost(one, one.final_validation_cost) for one in ended),
        best_validation_accuracy=spread(
            one.best_validation_accuracy for one in ended if one.best_validation_accuracy is not None
        ),
        best_epoch=spread(one.best_epoch for one in sound if one.best_epoch is not None),
        targets=tuple(_target(ended, target) for target in targets),
        diverged_share=_share(ended, Outcome.DIVERGED),
        stuck_share=_share(ended, Outcome.STUCK),
        seconds=spread(one.seconds for one in ended if one.seconds is not None),
    )


def _cost(result: TrialResult, cost: float | None) -> float:
    return math.inf if cost is None or result.outcome == Outcome.DIVERGED else cost


def _share(ended: Sequence[TrialResult], outcome: Outcome) -> float | None:
    return sum(one.outcome == outcome for one in ended) / len(ended) if ended else None


def _target(ended: Sequence[TrialResult], target: float) -> TargetSummary:
    epochs = sorted(one.target_epochs.get(target, math.inf) for one in ended)
    reached = sum(math.isfinite(epoch) for epoch in epochs)
    return TargetSummary(target, reached, len(ended), finite(quantile(epochs, 0.5)) if epochs else None)
