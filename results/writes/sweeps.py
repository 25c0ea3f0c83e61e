"""A sweep is stored whole, in one transaction. Called by the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.data.catalog import DatasetFacts
from results.clock import now
from results.writes import planned_rows
from sweeps.plan import Plan


@dataclass(frozen=True)
class CreatedSweep:
    """The keys of a stored sweep and of its jobs, to be sent once the transaction has committed."""

    sweep_id: int
    job_ids: tuple[int, ...]


def create(
    connection: Connection, plan: Plan, document: object, datasets: Mapping[str, DatasetFacts], max_attempts: int
) -> CreatedSweep:
    """Store a sweep with its configurations, jobs and trials, all queued.

    `document` is kept as it was submitted (plain JSON values); `datasets` holds the facts of those the plan names.
    """
    moment = now(connection)
    dataset_ids = planned_rows.store_datasets(connection, plan, datasets, moment)
    sweep_id = planned_rows.store_sweep(connection, plan, document, moment)
    configuration_ids = planned_rows.store_configurations(connection, sweep_id, plan, datasets, dataset_ids)
    job_ids = planned_rows.store_jobs(connection, sweep_id, plan, max_attempts, moment)
    planned_rows.store_trials(connection, sweep_id, plan, configuration_ids, job_ids)
    return CreatedSweep(sweep_id, tuple(job_ids))
