"""Named configurations against the first of them, of one sweep or of several, within one budget. Called by the API.

The loss is the best value that a trial had within the budget: the largest part of the axis that all have trials for
(that ended and did not diverge).
Common seeds are paired; without any, Welch's test compares the groups.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from comparison.axes import Axis, Replicate, Replicated, places
from comparison.paired import compare_pairs
from comparison.spread import Spread, spread
from comparison.time_to_target import TimeToTarget, is_accuracy, times_to_target
from comparison.unpaired import compare_groups
from comparison.verdict import FEWEST_PAIRS, LossComparison, Scale, Verdict, decided


@dataclass(frozen=True)
class Contender:
    """One configuration: its losses within the budget, and how they compare with the reference's (None: it is it)."""

    sweep_id: int
    configuration_number: int
    trials: int
    ended: int
    diverged: int
    loss: Spread | None
    against_reference: LossComparison | None
    to_target: TimeToTarget | None


@dataclass(frozen=True)
class Contest:
    """`budget`: how far along the axis losses were taken. `notes`: what to know first."""

    budget: float
    contenders: tuple[Contender, ...]
    notes: tuple[str, ...]


def contest(
    configurations: Sequence[Replicated], metric: str, axis: Axis = Axis.EPOCHS, target: float | None = None
) -> Contest:
    """The configurations, in the order given, against the first; `metric` is a cost or an accuracy.

    Accuracies are compared as error rates. A target is a value of the metric to reach.
    """
    ended = [[one for one in found.replicates if one.ended] for found in configurations]
    reaches = [
        max(places(axis, found, one)[-1] for one in sound)
        for found, curves in zip(configurations, ended, strict=True)
        if (sound := [one for one in curves if len(one.values) and not one.diverged])
    ]
    budget = min(reaches, default=0.0)
    losses: list[dict[Hashable, float]] = [
        {one.seeds: loss(one, places(axis, found, one), budget, metric) for one in curves}
        for found, curves in zip(configurations, ended, strict=True)
    ]
    verdicts = _verdicts(configurations, losses, metric)
    times = times_to_target(configurations, ended, metric, axis, target, max(reaches, default=0.0))
    return Contest(
        budget=budget,
        contenders=tuple(
            Contender(
                sweep_id=found.sweep_id,
                configuration_number=found.configuration_number,
                trials=len(found.replicates),
                ended=len(curves),
                diverged=sum(one.diverged for one in curves),
                loss=spread(of_trial.values()),
                against_reference=verdict,
                to_target=time,
            )
            for found, curves, of_trial, verdict, time in zip(
                configurations, ended, losses, verdicts, times, strict=True
            )
        ),
        notes=tuple(_notes(configurations, verdicts, axis, sound=bool(reaches))),
    )


def loss(replicate: Replicate, on_axis: Sequence[float], budget: float, metric: str) -> float:
    """The best value within the budget, as a loss; infinite where the trial diverged, whatever it had reached."""
    if replicate.diverged:
        return math.inf
    values = [value for value, at in zip(replicate.values, on_axis, strict=True) if value is not None and at <= budget]
    if not values:
        return math.inf
    return 1 - max(values) if is_accuracy(metric) else min(values)


def _verdicts(
    configurations: Sequence[Replicated], losses: Sequence[dict[Hashable, float]], metric: str
) -> list[LossComparison | None]:
    reference, family = configurations[0], len(configurations) - 1
    scale = Scale.DIFFERENCE if is_accuracy(metric) else Scale.RATIO
    alone = []
    for found, of_trial in zip(configurations[1:], losses[1:], strict=True):
        common = set(of_trial) & set(losses[0]) if found.split == reference.split else set()
        if len(common) >= 2 or not (of_trial and losses[0]):
            alone.append(compare_pairs(losses[0], of_trial, scale))
        else:
            alone.append(compare_groups([*losses[0].values()], [*of_trial.values()], scale))
    found_verdicts = decided(alone, max(1, family))
    return [None, *map(_comparable, configurations[1:], found_verdicts, [(reference, metric)] * family)]


def _comparable(found: Replicated, verdict: LossComparison, against: tuple[Replicated, str]) -> LossComparison:
    """The verdict, or that there can be none: the numbers are different quantities."""
    reference, metric = against
    same = found.dataset == reference.dataset
    if not is_accuracy(metric):
        same = same and found.values.get("cost") == reference.values.get("cost")
    if same:
        return verdict
    unknown = dict.fromkeys(("estimate", "low", "high", "effect_size", "p", "adjusted_p", "more"))
    return replace(verdict, verdict=Verdict.NOT_COMPARABLE, **unknown)  # type: ignore[arg-type]


def _notes(
    configurations: Sequence[Replicated], verdicts: Sequence[LossComparison | None], axis: Axis, *, sound: bool
) -> list[str]:
    found = []
    trials = [one for configuration in configurations for one in configuration.replicates]
    if to_come := sum(not one.ended for one in trials):
        found.append(f"{to_come} of {len(trials)} trials have not ended and are left out.")
    if not sound and to_come < len(trials):
        found.append("Every trial that has ended diverged: there is no loss to compare.")
    if any(one is not None and one.verdict is Verdict.NOT_COMPARABLE for one in verdicts):
        found.append("Losses of other data or another cost are different quantities: they are not comparable.")
    if any(one is not None and not one.paired for one in verdicts):
        found.append("Configurations without common seeds and splits are compared as independent groups (Welch).")
    if any(one is not None and one.pairs < FEWEST_PAIRS for one in verdicts):
        found.append(f"With fewer than {FEWEST_PAIRS} seeds nothing can be decided.")
    if axis is Axis.SECONDS:
        found.append("Seconds depend on the machine, and on what else it did.")
    return found
