"""The configurations of a sweep, each summarised over its replicates and ranked. Called by `comparison.comparison`."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from comparison.judging import Judge, has_result, judge
from comparison.ranking import UNRANKED, Standing, standings
from comparison.results import TrialResult
from comparison.spread import quantile
from comparison.summary import Summary, summary
from engine.hyperparameter_kinds import Value

ALL = slice(None)


@dataclass(frozen=True)
class ConfigurationSummary:
    """A configuration; `values` holds the hyperparameters that the sweep varies.

    `rank` from 1, by the median loss over replicates, among configurations whose losses are the same quantity (same
    data set, same cost function); equals share one, as those of infinite loss do; None while none of its trials has
    ended. `loss`: that median, None if infinite. `standing`: against the first of them, and how sure the rank is.
    """

    configuration_number: int
    values: Mapping[str, Value]
    rank: int | None
    loss: float | None
    summary: Summary
    standing: Standing = UNRANKED


def summarise(
    results: Sequence[TrialResult],
    targets: Sequence[float],
    swept: Sequence[str],
    judged_by: Judge | None = None,
    page: slice = ALL,
) -> tuple[ConfigurationSummary, ...]:
    """Every configuration, best first; those of another data set or cost after one another, unended ones last.

    All are ranked; those of the `page` are summarised.
    """
    judged_by = judged_by or judge("validation_cost", "minimize")
    groups: dict[tuple[object, ...], list[tuple[float, int, list[TrialResult]]]] = {}
    for number, replicates in _by_configuration(results).items():
        quantity = tuple(replicates[0].values.get(name) for name in sorted(judged_by.depends_on))
        groups.setdefault(quantity, []).append((_median_loss(replicates, judged_by), number, replicates))
    found: list[tuple[int | None, tuple[float, int, list[TrialResult]], Standing]] = []
    first, last, _ = page.indices(sum(map(len, groups.values())))
    ranked = 0  # before this group
    for group in groups.values():
        ordered = sorted(group, key=lambda one: (math.isnan(one[0]), one[0], one[1]))
        losses = [one for one in (_losses(replicates, judged_by) for _, _, replicates in ordered) if one]
        standing = standings(losses, judged_by.scale, range(first - ranked, last - ranked))
        ranked += len(losses)
        standing += [UNRANKED] * (len(ordered) - len(standing))
        medians = [loss for loss, _, _ in ordered]
        for one, sure in zip(ordered, standing, strict=True):
            found.append((_rank(one[0], medians), one, sure))
    found.sort(key=lambda one: one[0] is None)
    return tuple(replace(_summary(rank, *one, targets, swept), standing=sure) for rank, one, sure in found[page])


def _by_configuration(results: Sequence[TrialResult]) -> dict[int, list[TrialResult]]:
    found: dict[int, list[TrialResult]] = {}
    for one in results:
        found.setdefault(one.configuration_number, []).append(one)
    return dict(sorted(found.items()))


def _losses(replicates: Sequence[TrialResult], judged_by: Judge) -> dict[Hashable, float]:
    """By replicate, of those that have ended."""
    return {one.replicate: judged_by.loss(one) for one in replicates if has_result(one)}


def _median_loss(replicates: Sequence[TrialResult], judged_by: Judge) -> float:
    """NaN while none has ended."""
    losses = sorted(_losses(replicates, judged_by).values())
    return quantile(losses, 0.5) if losses else math.nan


def _rank(loss: float, ordered: Sequence[float]) -> int | None:
    """From 1, by how many are better: the same for equals. None of NaN, which stand last."""
    return None if math.isnan(loss) else bisect_left(ordered, loss) + 1


def _summary(
    rank: int | None,
    loss: float,
    number: int,
    replicates: Sequence[TrialResult],
    targets: Sequence[float],
    swept: Sequence[str],
) -> ConfigurationSummary:
    return ConfigurationSummary(
        configuration_number=number,
        values={name: replicates[0].values[name] for name in swept},
        rank=rank,
        loss=loss if math.isfinite(loss) else None,
        summary=summary(replicates, targets),
    )
