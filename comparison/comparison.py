"""The whole comparison of a sweep: its configurations ranked, its hyperparameters matched. Called by the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comparison.configurations import ALL, ConfigurationSummary, summarise
from comparison.headline import headline
from comparison.isolation import Isolation, isolation
from comparison.judging import has_result, judge
from comparison.marginals import HyperparameterComparison, marginals
from comparison.outcomes.base import Outcome
from comparison.performance_profile import PerformanceProfile, performance_profiles
from comparison.results import TrialResult
from comparison.summary import Summary, summary


@dataclass(frozen=True)
class Comparison:
    """What a sweep tells. `headline`: the answer in sentences. `measure`: the number that ranks, less is better.

    `sweep`: all trials together. `isolation`: the best nuisance setting for each scientific one, None where the sweep
    gives no roles. `profiles`: the settings over the data sets, where several were swept. `notes`: what to know first.
    """

    headline: tuple[str, ...]
    measure: str
    targets: tuple[float, ...]
    sweep: Summary
    configuration_count: int
    configurations: tuple[ConfigurationSummary, ...]
    hyperparameters: tuple[HyperparameterComparison, ...]
    isolation: Isolation | None
    profiles: tuple[PerformanceProfile, ...]
    notes: tuple[str, ...]


def compare(
    results: Sequence[TrialResult],
    targets: Sequence[float],
    swept: Sequence[str],
    metric: str = "validation_cost",
    goal: str = "minimize",
    roles: Mapping[str, str] | None = None,
    page: slice = ALL,
) -> Comparison:
    """The comparison of trials in any state: what has not ended is counted and otherwise left out.

    `swept`: the hyperparameters with more than one value in the sweep; every result has a value for each.
    `metric`, `goal`, `roles`: the sweep's. `page`: which configurations to summarise, of all in the order of ranks.
    """
    judged_by = judge(metric, goal)
    whole = summary(results, targets)
    hyperparameters = marginals(results, targets, swept, judged_by)
    pruned = sum(one.state == "pruned" and has_result(one) for one in results)
    return Comparison(
        headline=headline(hyperparameters),
        measure=judged_by.measure,
        targets=tuple(targets),
        sweep=whole,
        configuration_count=len({one.configuration_number for one in results}),
        configurations=summarise(results, targets, swept, judged_by, page),
        hyperparameters=hyperparameters,
        isolation=isolation(results, swept, roles or {}, judged_by),
        profiles=performance_profiles(results, swept, judged_by),
        notes=tuple(_notes(whole, pruned, _short(results), swept, judged_by.depends_on, judged_by.note)),
    )


def _short(results: Sequence[TrialResult]) -> int:
    """How many have a result of fewer epochs than they are to have: an extension goes on, or was given up."""
    finished = (one for one in results if one.state == "finished" and one.outcome != Outcome.DIVERGED)
    return sum(one.epochs_recorded < int(str(one.values.get("epochs", 0))) for one in finished)


def _notes(
    whole: Summary, pruned: int, short: int, swept: Sequence[str], depends_on: frozenset[str], note: str | None
) -> list[str]:
    found = [note] if note else []
    to_come = whole.trials - whole.ended - whole.lost
    if to_come:
        found.append(f"{to_come} of {whole.trials} trials have not ended and are left out.")
    if whole.lost:
        found.append(f"{whole.lost} of {whole.trials} trials failed, were cancelled or never began and are left out.")
    if pruned:
        found.append(f"{pruned} of {whole.trials} trials were pruned and count with what they had reached by then.")
    if short:
        found.append(
            f"{short} of {whole.trials} trials count with the epochs they had before the sweep was extended: "
            "they are still to train, or were given up."
        )
    mixed = [name for name in swept if name in depends_on]
    if mixed:
        found.append(f"Configurations are ranked among those of equal {' and '.join(mixed)}: others measure otherwise.")
    return found
