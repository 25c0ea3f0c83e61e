"""A sweep becomes configurations, trials and jobs. Called by the API, after parsing has counted and accepted it.

Deterministic: the same sweep on the same number of workers gives the same plan. Which trials share a job changes no
result, only how fast it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.hyperparameters import Configuration
from engine.trials import Trial
from sweeps import grid, random_search
from sweeps.jobs import jobs_of
from sweeps.plan import Plan, PlannedJob, PlannedTrial
from sweeps.seeds import data_seed, init_seed
from sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts

__all__ = ["Plan", "PlannedJob", "PlannedTrial", "plan", "planned_trials"]


def plan(spec: SweepSpec, datasets: Mapping[str, DatasetFacts], workers: int = 2) -> Plan:
    """The whole plan; `workers`: how many jobs run at once, so that there is work for each.

    The plan's spec has notes of its own where the search could not do what was asked.
    """
    configurations, found = searched(spec)
    spec = replace(spec, notes=(*spec.notes, *found))
    trials = tuple(planned_trials(configurations, spec.seed, spec.replicates))
    return Plan(spec, configurations, jobs_of(trials, spec, datasets, workers))


def stand_ins(spec: SweepSpec) -> SweepSpec:
    """A sweep like it of which a plan can be made before anything was trained: a search's is of random draws."""
    if not spec.adaptive:
        return spec
    return replace(spec, method="random", search=None, second_metric=None)


def searched(spec: SweepSpec) -> tuple[tuple[Configuration, ...], tuple[str, ...]]:
    """The configurations that the sweep's method chooses, and what its user should know of the choosing."""
    if spec.adaptive:
        return (), ()  # they come as its results do: see `sweeps.search.generation`
    if spec.method == "random":
        chosen, tally = random_search.configurations(spec)
        return chosen, tuple(random_search.notes(tally, spec.run_cap))
    return tuple(grid.configurations(spec)), ()


def planned_trials(configurations: Iterable[Configuration], seed: int, replicates: int) -> Iterator[PlannedTrial]:
    """Every replicate of every configuration, replicates fastest; replicate r has the same seeds in each of them."""
    seeds = [(init_seed(seed, replicate), data_seed(seed, replicate)) for replicate in range(replicates)]
    for number, configuration in enumerate(configurations):
        for replicate, (init, data) in enumerate(seeds):
            trial = Trial(configuration, init, data)
            yield PlannedTrial(number * replicates + replicate, number, replicate, trial)
