"""What a set of trials did together: costs, epochs to targets, shares of outcomes. For a configuration or a value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comparison.judging import has_result, is_lost
from comparison.outcomes.base import Outcome
from comparison.results import TrialResult
from comparison.spread import Spread, finite, spread
from comparison.survival import kaplan_meier, restricted_mean_interval


@dataclass(frozen=True)
class TargetSummary:
    """How fast a target was reached, by `reached` of `of` trials; the others are censored (`comparison.survival`).

    `median_epoch`: by which half have reached it, with its 95 % interval; None: not within the epochs there were.
    `mean_epoch`: mean of the epochs to the target or to `horizon`, whichever is first, with its 95 % interval; the
    horizon is the last epoch of the longest of the trials. A diverged trial counts as not having reached it by then.
    """

    target: float
    reached: int
    of: int
    median_epoch: float | None = None
    median_low: float | None = None
    median_high: float | None = None
    mean_epoch: float | None = None
    mean_low: float | None = None
    mean_high: float | None = None
    horizon: int | None = None


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
        targets=_targets(ended, targets),
        diverged_share=_share(ended, Outcome.DIVERGED),
        stuck_share=_share(ended, Outcome.STUCK),
        seconds=spread(one.seconds for one in ended if one.seconds is not None),
    )


def _cost(result: TrialResult, cost: float | None) -> float:
    return math.inf if cost is None or result.outcome == Outcome.DIVERGED else cost


def _share(ended: Sequence[TrialResult], outcome: Outcome) -> float | None:
    return sum(one.outcome == outcome for one in ended) / len(ended) if ended else None


def _targets(ended: Sequence[TrialResult], targets: Sequence[float]) -> tuple[TargetSummary, ...]:
    if not ended:
        return tuple(TargetSummary(target, 0, 0) for target in targets)
    lasts, horizon = _last_epochs(ended)
    return tuple(_target(ended, target, lasts, horizon) for target in targets)


def _target(ended: Sequence[TrialResult], target: float, lasts: Sequence[int], horizon: int) -> TargetSummary:
    times, reached = _times(ended, target, lasts)
    estimate = kaplan_meier(times, reached)
    mean_low, mean_high = restricted_mean_interval(times, reached, horizon, estimate)
    return TargetSummary(
        target,
        sum(reached),
        len(ended),
        *estimate.median(),
        estimate.restricted_mean(horizon),
        finite(mean_low),
        finite(mean_high),
        horizon,
    )


def epochs_or_censored(ended: Sequence[TrialResult], target: float) -> tuple[list[int], list[bool], int]:
    """Per trial the epoch at which it reached the target, or else its last; whether it did; and the horizon.

    A diverged trial can never reach what it has not: it stays among the others to the horizon instead of leaving.
    """
    lasts, horizon = _last_epochs(ended)
    return *_times(ended, target, lasts), horizon


def _last_epochs(ended: Sequence[TrialResult]) -> tuple[list[int], int]:
    """The last epoch of each, for diverged ones the horizon; and the horizon."""
    lasts = [max(one.epochs_recorded, one.best_epoch or 0, *one.target_epochs.values(), 0) for one in ended]
    horizon = max(lasts)
    return [
        horizon if one.outcome == Outcome.DIVERGED else last for one, last in zip(ended, lasts, strict=True)
    ], horizon


def _times(ended: Sequence[TrialResult], target: float, lasts: Sequence[int]) -> tuple[list[int], list[bool]]:
    times = [one.target_epochs.get(target, last) for one, last in zip(ended, lasts, strict=True)]
    return times, [target in one.target_epochs for one in ended]
