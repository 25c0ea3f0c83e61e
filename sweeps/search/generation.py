"""One generation of an adaptive search: configurations are proposed and become trials and jobs. Pure.

Called by `worker.propose`, with all results of the generations before; the same results give the same generation.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.hyperparameters import Configuration
from sweeps.jobs import jobs_of
from sweeps.plan import Plan, PlannedJob, PlannedTrial
from sweeps.planning import planned_trials
from sweeps.search.batches import batch_size
from sweeps.search.proposals import Proposed, propose
from sweeps.search.remaining import used_up
from sweeps.search.study import PastConfiguration
from sweeps.seeds import search_seed
from sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts

logger = logging.getLogger(__name__)
RANDOM = "random"  # what proposes where the search itself cannot


@dataclass(frozen=True)
class SearchSoFar:
    """A search before a generation: `past[n]` is what came of `configurations[n]`; the counts are of its rows."""

    generation: int
    configurations: tuple[Configuration, ...]
    past: tuple[PastConfiguration, ...]
    study_state: Mapping[str, Any]
    trial_count: int
    job_count: int


@dataclass(frozen=True)
class Generation:
    """What comes next: `plan` has the new configurations, numbered on, and their jobs; `found` their search states.

    `note`: what the sweep's user should know of it, or None. Without configurations the search has ended, because of
    what `ended` says.
    """

    plan: Plan
    found: tuple[Proposed, ...]
    study_state: Mapping[str, Any]
    note: str | None
    ended: str | None = None


def next_generation(
    spec: SweepSpec, so_far: SearchSoFar, datasets: Mapping[str, DatasetFacts], workers: int = 2
) -> Generation:
    """The next configurations with their jobs, numbered on from those there are."""
    count = batch_size(spec.run_cap or 0, len(so_far.configurations), workers)
    found, state, note = _proposed(spec, so_far, count)
    configurations = tuple(one.configuration for one in found)
    jobs = jobs_of(_numbered(spec, so_far, configurations), spec, datasets, workers) if found else ()
    plan = Plan(spec, configurations, tuple(_job(job, so_far) for job in jobs))
    ended = None if found else used_up(spec.space, str(search_seed(spec.seed)), so_far.configurations)
    return Generation(plan, found, state, note, ended)


def _proposed(
    spec: SweepSpec, so_far: SearchSoFar, count: int
) -> tuple[tuple[Proposed, ...], Mapping[str, Any], str | None]:
    """By the sweep's search, or at random where that breaks down: a sweep must not stand still for it."""
    known = frozenset(so_far.configurations)
    asked = (known, so_far.generation, count)
    try:
        return *propose(spec, spec.search or RANDOM, so_far.past, *asked, so_far.study_state), None
    except Exception as error:
        logger.exception("%s cannot propose generation %d", spec.search, so_far.generation)
        found, _ = propose(spec, RANDOM, (), *asked, {})
        broken = f"{type(error).__name__}: {error}"[:300]
        note = f"{spec.search} could not propose generation {so_far.generation + 1} ({broken}); it was drawn at random."
        return found, so_far.study_state, note


def _numbered(
    spec: SweepSpec, so_far: SearchSoFar, configurations: Sequence[Configuration]
) -> tuple[PlannedTrial, ...]:
    first = len(so_far.configurations)
    return tuple(
        replace(one, number=so_far.trial_count + one.number, configuration_number=first + one.configuration_number)
        for one in planned_trials(configurations, spec.seed, spec.replicates)
    )


def _job(job: PlannedJob, so_far: SearchSoFar) -> PlannedJob:
    return replace(job, number=so_far.job_count + job.number)
