"""The importance of each swept hyperparameter, by fANOVA and by PED-ANOVA. Called by the API; deterministic.

What the numbers mean, and when not to trust them: docs/search-space.md. Both are Optuna's own evaluators.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comparison.configurations import summarise
from comparison.importance.fit import r_squared
from comparison.importance.observations import Diverged, Observation, Observations, observations
from comparison.importance.study import study_of
from comparison.judging import judge
from comparison.results import TrialResult
from engine.hyperparameter_kinds import Value

if TYPE_CHECKING:
    from optuna.importance import BaseImportanceEvaluator
    from optuna.study import Study

FEWEST = 4  # configurations: below, nothing is computed
ENOUGH = 30  # configurations: below, it is said to be few
MOST = 300  # configurations: of more, these at even distances; the time grows with the square
BELIEVED = 0.5  # share of variance predicted: below, it is said
SEED = 2014
FANOVA_TREES = 64
TOP_SHARE = 0.1  # Optuna's own for PED-ANOVA
FEWEST_TOP = 5  # configurations that should be among the best: the share is raised until they are


@dataclass(frozen=True)
class HyperparameterImportance:
    """`fanova`: share of the loss's variance over the swept ranges that this hyperparameter alone explains.

    `ped_anova`: how far its values among the best configurations differ from all. Each column sums to 1.
    """

    name: str
    fanova: float
    ped_anova: float


@dataclass(frozen=True)
class Importance:
    """`hyperparameters`: by fANOVA, the most important first; empty where nothing can be said.

    `where`: what the compared configurations have in common so that their losses are one quantity. `diverged` of the
    `configurations` had no finite loss and were `treated` as it says. `r_squared`: see `comparison.importance.fit`.
    `top_share`: which share of configurations PED-ANOVA calls the best.
    """

    measure: str
    treated: Diverged
    configurations: int
    diverged: int
    where: Mapping[str, Value]
    r_squared: float | None
    top_share: float | None
    hyperparameters: tuple[HyperparameterImportance, ...]
    notes: tuple[str, ...]


def importance(
    results: Sequence[TrialResult],
    swept: Sequence[str],
    metric: str = "validation_cost",
    goal: str = "minimize",
    treated: Diverged = Diverged.WORST,
) -> Importance:
    """The importances over the configurations that have ended, each with the median loss over its replicates."""
    judged_by = judge(metric, goal)
    seen = observations(summarise(results, (), swept, judged_by), judged_by, treated)
    points = _thinned(seen.points)
    names = [name for name in swept if len({point.values[name] for point in points}) > 1]
    fits = len(points) >= FEWEST and len({point.loss for point in points}) > 1 and bool(names)
    study = study_of(points, names) if fits else None
    top = max(TOP_SHARE, min(0.5, FEWEST_TOP / len(points))) if fits else None
    explained = r_squared(study, names) if study is not None else None
    return Importance(
        measure=judged_by.measure,
        treated=treated,
        configurations=len(points),
        diverged=seen.diverged,
        where=seen.where,
        r_squared=explained,
        top_share=top,
        hyperparameters=() if study is None or top is None else _ranked(study, top),
        notes=tuple(_notes(seen, len(points), explained, treated, fits)),
    )


def evaluators(top_share: float) -> tuple[BaseImportanceEvaluator, BaseImportanceEvaluator]:
    """Optuna's evaluators as they are asked here: fANOVA, PED-ANOVA."""
    from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator

    fanova = FanovaImportanceEvaluator(n_trees=FANOVA_TREES, seed=SEED)
    return fanova, PedAnovaImportanceEvaluator(target_quantile=top_share)


def _ranked(study: Study, top_share: float) -> tuple[HyperparameterImportance, ...]:
    from optuna.importance import get_param_importances

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fanova, ped_anova = (get_param_importances(study, evaluator=one) for one in evaluators(top_share))
    return tuple(HyperparameterImportance(name, float(share), float(ped_anova[name])) for name, share in fanova.items())


def _thinned(points: Sequence[Observation]) -> list[Observation]:
    """At most `MOST` of them, at even distances."""
    if len(points) <= MOST:
        return list(points)
    return [points[index] for index in np.linspace(0, len(points) - 1, MOST).round().astype(int)]


def _notes(seen: Observations, used: int, explained: float | None, treated: Diverged, fits: bool) -> Iterator[str]:
    if not fits:
        yield f"Importances need at least {FEWEST} configurations that have ended, with losses that differ."
    elif used < ENOUGH:
        yield f"{used} configurations are few: importances of fewer than {ENOUGH} change from sample to sample."
    if explained is not None and explained < BELIEVED:
        yield (
            f"The forest behind fANOVA predicts {max(0.0, explained):.0%} of the variance of configurations it was "
            "not shown: its importances say little here."
        )
    if seen.diverged:
        counted = treated is Diverged.WORST and seen.points
        whole = "1 configuration" if seen.diverged == 1 else f"{seen.diverged} configurations"
        yield f"{whole} diverged, {'counted with the highest finite loss' if counted else 'left out'}."
    if seen.others:
        same = " and ".join(f"{name} {value}" for name, value in seen.where.items())
        yield f"{seen.others} configurations are left out: only those with {same} are measured alike."
    if len(seen.points) > used:
        yield f"{used} of {len(seen.points)} configurations are used, at even distances."
    if fits:
        yield "Importances hold for the values that were swept: of a wider range they would be others."
