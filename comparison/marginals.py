"""For each hyperparameter: which value did best, matched over all the others, by how much, and how sure that is.

Called by `comparison.comparison`. Definitions, assumptions and sources: docs/statistics.md. Deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from comparison.interactions import Flip, flips
from comparison.judging import Judge, judge
from comparison.matching import Matched, distinct_values, hashable, matched
from comparison.results import TrialResult
from comparison.summary import summary
from comparison.sureness import Sureness, least_sure
from comparison.value_comparison import ValueComparison, best_and_others
from engine.hyperparameter_kinds import Value


@dataclass(frozen=True)
class HyperparameterComparison:
    """One swept hyperparameter. `best`: the value of the lowest mean rank; None while nothing is matched.

    It is None, too, and `sureness` NOT_DECIDED, where every matched trial diverged, and where several values had the
    lowest losses alike in every unit: they are `tied`, as equal trainings are. `sureness`: that `best` is better
    than every other value. `units`: how many blocks (or replicates, as `unit` says) are matched; `blocks`: how many
    there are. `values`: in the sweep's order. `flips`: where another value did better.
    """

    name: str
    best: Value | None
    sureness: Sureness
    unit: str
    units: int
    blocks: int
    values: tuple[ValueComparison, ...]
    flips: tuple[Flip, ...] = ()
    tied: tuple[Value, ...] = ()


def marginals(
    results: Sequence[TrialResult], targets: Sequence[float], swept: Sequence[str], judged_by: Judge | None = None
) -> tuple[HyperparameterComparison, ...]:
    """The comparison of every swept hyperparameter, in the order of `swept`."""
    judged_by = judged_by or judge("validation_cost", "minimize")
    return tuple(_compared(results, targets, name, swept, judged_by) for name in swept)


def _compared(
    results: Sequence[TrialResult], targets: Sequence[float], name: str, swept: Sequence[str], judged_by: Judge
) -> HyperparameterComparison:
    match = matched(results, name, swept, judged_by)
    by_value: dict[Value, list[TrialResult]] = {value: [] for value in distinct_values(results, name)}
    for one in results:
        by_value[hashable(one.values[name])].append(one)
    summaries = {value: summary(trials, targets) for value, trials in by_value.items()}
    comparable = name not in judged_by.depends_on
    best: Value | None = None
    tied: tuple[Value, ...] = ()
    compared: dict[Value, ValueComparison] = {}
    words: list[Sureness] = []
    if comparable and len(match.losses) and len(match.values) > 1:
        if np.isfinite(match.losses).any():
            best, compared = best_and_others(match, summaries)
            tied = _tied(match, best)
        else:
            words = [Sureness.NOT_DECIDED]
    words += [one.sureness for one in compared.values() if one.sureness is not None]
    return HyperparameterComparison(
        name=name,
        best=None if tied else best,
        sureness=_sureness(words, tied) if comparable else Sureness.NOT_COMPARABLE,
        unit=match.unit,
        units=len(match.losses),
        blocks=match.blocks,
        values=tuple(compared.get(value, ValueComparison(value, whole)) for value, whole in summaries.items()),
        flips=() if best is None else flips(match, best, [other for other in swept if other != name]),
        tied=tied,
    )


def _tied(match: Matched, best: Value) -> tuple[Value, ...]:
    """The values with the losses of the best one in every unit, itself first in their order; none if it is alone."""
    alike = (match.losses == match.losses[:, [match.values.index(best)]]).all(axis=0)
    tied = tuple(value for value, equal in zip(match.values, alike, strict=True) if equal)
    return tied if len(tied) > 1 else ()


def _sureness(words: list[Sureness], tied: tuple[Value, ...]) -> Sureness:
    """However few units there are: of equals none is the best."""
    return Sureness.NOT_DECIDED if tied else least_sure(words)
