"""A sweep is stored whole, in one transaction. Called by the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.data.catalog import DatasetFacts
from results.clock import now
from results.reads.ledger import trained_before
from results.writes import planned_rows
from results.writes.endings import end_sweep_if_done
from results.writes.taking_over import hold, take_over
from sweeps.digests import trial_digests
from sweeps.plan import Plan
from sweeps.reuse import TrainedBefore, reusing


@dataclass(frozen=True)
class CreatedSweep:
    """The keys of a stored sweep and of its jobs, to be sent once the transaction has committed."""

    sweep_id: int
    job_ids: tuple[int, ...]


def create(
    connection: Connection, plan: Plan, document: object, datasets: Mapping[str, DatasetFacts], max_attempts: int
) -> CreatedSweep:
    """Store a sweep with its configurations, jobs and trials, all queued but for those that are taken over.

    `document` is kept as it was submitted (plain JSON values); `datasets` holds the facts of those the plan names.
    """
    moment = now(connection)
    digests = trial_digests(plan, datasets)
    plan = reusing(plan, _trained_before(connection, plan, digests), datasets)
    dataset_ids = planned_rows.store_datasets(connection, plan, datasets, moment)
    sweep_id = planned_rows.store_sweep(connection, plan, document, moment)
    configuration_ids = planned_rows.store_configurations(connection, sweep_id, plan, datasets, dataset_ids)
    job_ids = planned_rows.store_jobs(connection, sweep_id, plan, max_attempts, moment)
    planned_rows.store_trials(connection, sweep_id, plan, configuration_ids, job_ids, digests)
    if plan.taken_over:
        take_over(connection, sweep_id, plan.spec.targets)
        end_sweep_if_done(connection, sweep_id, moment)
    return CreatedSweep(sweep_id, tuple(job_ids[: len(plan.jobs)]))


def _trained_before(connection: Connection, plan: Plan, digests: Mapping[int, str]) -> TrainedBefore:
    found = trained_before(connection, digests)
    return hold(connection, found, digests) if plan.spec.reuse else found
