"""Performance profiles over data sets. Called by `comparison.comparison` where a sweep varies the data set.

E. Dolan and J. More, "Benchmarking optimization software with performance profiles" (Mathematical Programming 91,
2002): for each setting, on which share of the data sets its loss is within a factor tau of the best one there.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from comparison.judging import Judge, has_result
from comparison.matching import hashable
from comparison.results import TrialResult
from engine.hyperparameter_kinds import Value

PROBLEM = "dataset"
FACTORS = (1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True)
class PerformanceProfile:
    """A setting (every swept hyperparameter but the data set): `shares[i]` of the `problems` are within `factors[i]`.

    `area`: the mean of the profile over the logarithm of the factor from 1 to the largest; 1 is best on all.
    """

    values: Mapping[str, Value]
    problems: int
    factors: tuple[float, ...]
    shares: tuple[float, ...]
    area: float


def performance_profiles(
    results: Sequence[TrialResult], swept: Sequence[str], judged_by: Judge
) -> tuple[PerformanceProfile, ...]:
    """The settings, best area first; empty unless at least 2 data sets were swept and can be matched.

    Only data sets on which every setting has ended count, so that all are measured on the same ones.
    """
    others = [name for name in swept if name != PROBLEM]
    if PROBLEM not in swept:
        return ()
    losses = _losses(results, others, judged_by)
    problems = set.intersection(*(set(found) for found in losses.values())) if losses else set()
    if len(problems) < 2:
        return ()
    table = np.array([[found[problem] for problem in sorted(problems, key=str)] for found in losses.values()])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(table == table.min(axis=0), 1.0, table / table.min(axis=0))
    ratios = np.where(np.isinf(table), np.inf, ratios)
    profiles = [_profile(others, key, row) for key, row in zip(losses, ratios, strict=True)]
    return tuple(sorted(profiles, key=lambda one: -one.area))


def _losses(
    results: Sequence[TrialResult], others: Sequence[str], judged_by: Judge
) -> dict[tuple[Hashable, ...], dict[Hashable, float]]:
    """Setting -> data set -> median loss over the replicates that have ended."""
    cells: dict[tuple[Hashable, ...], dict[Hashable, list[float]]] = {}
    for one in results:
        setting = cells.setdefault(tuple(hashable(one.values[name]) for name in others), {})
        if has_result(one):
            setting.setdefault(hashable(one.values[PROBLEM]), []).append(judged_by.loss(one))
    return {
        key: {problem: float(np.median(found)) for problem, found in setting.items()} for key, setting in cells.items()
    }


def _profile(
    names: Sequence[str], key: tuple[Hashable, ...], ratios: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> PerformanceProfile:
    """A profile is a step function: its area on the logarithmic axis is the mean distance of its steps from the end."""
    end = np.log(FACTORS[-1])
    within = np.clip(1 - np.log(np.minimum(ratios, FACTORS[-1])) / end, 0, 1)
    return PerformanceProfile(
        values=dict(zip(names, key, strict=True)),  # type: ignore[arg-type]
        problems=len(ratios),
        factors=FACTORS,
        shares=tuple(float(np.mean(ratios <= factor)) for factor in FACTORS),
        area=float(within.mean()),
    )
