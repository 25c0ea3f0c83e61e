"""What an adaptive search goes by: the sweep's document, and what came of every configuration so far.

Called by `worker.propose` and by the API's search page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from engine.hyperparameters import Configuration
from results.complete_ends import diverged, of_result, state_of_result
from results.hyperparameter_columns import configuration_from
from results.searches import awaits_proposals
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import epochs, jobs, trials
from sweeps.search.results import ReplicateResult
from sweeps.spec import Metric
from sweeps.states import COMPLETE


@dataclass(frozen=True)
class SearchedConfiguration:
    """A configuration of a search; `search_state` is its point as the sampler sees it, JSON."""

    id: int
    number: int
    generation: int
    configuration: Configuration
    search_state: Mapping[str, Any] | None


@dataclass(frozen=True)
class StoredSearch:
    """An adaptive sweep as it stands; `generation` is the number of its last proposal and fences the next."""

    sweep_id: int
    document: Mapping[str, Any]
    generation: int
    study_state: Mapping[str, Any]
    trial_count: int
    job_count: int
    configurations: tuple[SearchedConfiguration, ...]


def awaiting(connection: Connection) -> list[int]:
    """The sweeps whose next generation is due."""
    return list(connection.execute(select(sweeps.c.id).where(awaits_proposals()).order_by(sweeps.c.id)).scalars())


def awaits(connection: Connection, sweep_id: int) -> bool:
    """Whether this sweep's next generation is due."""
    query = select(sweeps.c.id).where(awaits_proposals(), sweeps.c.id == sweep_id)
    return connection.execute(query).one_or_none() is not None


def awaits_after(connection: Connection, job_id: int) -> int | None:
    """The job's sweep where its next generation is due."""
    its_sweep = select(jobs.c.sweep_id).where(jobs.c.id == job_id).scalar_subquery()
    query = select(sweeps.c.id).where(awaits_proposals(), sweeps.c.id == its_sweep)
    return connection.execute(query).scalar_one_or_none()


def search_of(connection: Connection, sweep_id: int) -> StoredSearch:
    """The search of an adaptive sweep."""
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()
    columns = ("id", "number", "generation", "hyperparameters", "search_state")
    query = select(*(configurations.c[name] for name in columns)).where(configurations.c.sweep_id == sweep_id)
    found = tuple(
        SearchedConfiguration(
            one.id, one.number, one.generation, configuration_from(one.hyperparameters), one.search_state
        )
        for one in connection.execute(query.order_by(configurations.c.number))
    )
    state = row.search_state or {}
    return StoredSearch(sweep_id, row.document, row.generation, state, row.trial_count, row.job_count, found)


def replicate_results(
    connection: Connection, sweep_id: int, metrics: Sequence[Metric]
) -> dict[int, list[ReplicateResult]]:
    """What came of the replicates of each configuration, by the configuration's key."""
    best = [_best(metric).label(f"best_{place}") for place, metric in enumerate(metrics)]
    own = (trials.c.configuration_id, trials.c.state, trials.c.completed_epochs, diverged().label("diverged"))
    query = (
        select(*own, *best)
        .select_from(trials.outerjoin(epochs, (epochs.c.trial_id == trials.c.id) & of_result(epochs)))
        .where(trials.c.sweep_id == sweep_id)
        .group_by(trials.c.id)
        .order_by(trials.c.number)
    )
    found: dict[int, list[ReplicateResult]] = {}
    for row in connection.execute(query):
        values = tuple(getattr(row, f"best_{place}") for place in range(len(metrics)))
        one = ReplicateResult(values, bool(row.diverged), state_of_result(row) in COMPLETE)
        found.setdefault(row.configuration_id, []).append(one)
    return found


def _best(metric: Metric) -> Any:
    """Over the epochs; of seconds the mean, for the shortest epoch is luck."""
    column = epochs.c[metric.name]
    if metric.name == "epoch_seconds":
        return func.avg(column)
    return func.min(column) if metric.goal == "minimize" else func.max(column)
