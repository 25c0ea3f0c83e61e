"""Which trials of a sweep to diagnose: of each configuration the middle replicate, the worst configurations first."""

from __future__ import annotations

from collections.abc import Sequence

from comparison.configurations import summarise
from comparison.judging import Judge, has_result
from comparison.results import TrialResult


def worst_first(results: Sequence[TrialResult], judged_by: Judge) -> list[TrialResult]:
    """One trial of each configuration that has ended: that of the median loss, of an even count the worse one.

    By the configuration's median loss, the highest first, diverged ones before all; equal ones by number.
    """
    ranked = [one for one in summarise(results, (), (), judged_by) if one.rank is not None]
    ended: dict[int, list[TrialResult]] = {}
    for result in results:
        if has_result(result):
            ended.setdefault(result.configuration_number, []).append(result)
    losses = {one.configuration_number: one.loss for one in ranked}
    numbers = sorted(losses, key=lambda number: (losses[number] is not None, -(losses[number] or 0.0), number))
    return [_middle(ended[number], judged_by) for number in numbers]


def _middle(replicates: Sequence[TrialResult], judged_by: Judge) -> TrialResult:
    ordered = sorted(replicates, key=lambda one: (judged_by.loss(one), one.replicate))
    return ordered[len(ordered) // 2]
