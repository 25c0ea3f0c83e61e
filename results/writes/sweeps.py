"""A sweep is stored whole or not at all, and everything about it is computed before its transaction.

Called by the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.data.catalog import DatasetFacts
from results.clock import now
from results.reads.ledger import trained_before
from results.writes import planned_rows
from results.writes.endings import end_sweep_if_done
from results.writes.submissions import Staged, end
from results.writes.taking_over import DonorsChanged, hold, take_over
from sweeps.digests import trial_digests
from sweeps.plan import Plan
from sweeps.reuse import TrainedBefore, reusing


@dataclass(frozen=True)
class CreatedSweep:
    """The keys of a stored sweep and of its jobs, to be sent once the transaction has committed."""

    sweep_id: int
    job_ids: tuple[int, ...]


@dataclass(frozen=True)
class PreparedSweep:
    """A sweep with all that can be computed before its transaction: its final plan, digests and rows."""

    plan: Plan
    document: object
    datasets: Mapping[str, DatasetFacts]
    digests: Mapping[int, str]
    rows: planned_rows.PlannedRows


def prepare(
    plan: Plan,
    document: object,
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
    digests: Mapping[int, str],
    before: TrainedBefore,
) -> PreparedSweep:
    """Compute what is to be stored; touches no database.

    `document` is kept as it was submitted (plain JSON values); `datasets` holds the facts of those the plan names;
    `digests` are those of the plan's trials, `before` says which of them were trained before.
    """
    plan = reusing(plan, before, datasets)
    return PreparedSweep(plan, document, datasets, digests, planned_rows.rows_of(plan, datasets, digests, max_attempts))


def store(connection: Connection, prepared: PreparedSweep, staged: Staged | None = None) -> CreatedSweep:
    """Store a prepared sweep, all queued but for what is taken over; of a staged one only its own row is left to do.

    Raises `DonorsChanged`.
    """
    plan, moment = prepared.plan, now(connection)
    if plan.taken_over and staged is None:
        left = hold(connection, TrainedBefore(plan.donors), prepared.digests)
        if left.donors != plan.donors:
            raise DonorsChanged(left)
    if staged is not None:
        end(connection, staged)
        planned_rows.store_sweep(connection, plan, prepared.document, moment, staged.sweep_id)
        end_sweep_if_done(connection, staged.sweep_id, moment)  # all of it may be taken over
        return CreatedSweep(staged.sweep_id, staged.job_ids[: len(plan.jobs)])
    dataset_ids = planned_rows.store_datasets(connection, plan, prepared.datasets, moment)
    sweep_id = planned_rows.store_sweep(connection, plan, prepared.document, moment)
    job_ids = planned_rows.store_rows(lambda: nullcontext(connection), sweep_id, prepared.rows, dataset_ids, moment)
    if plan.taken_over:
        take_over(connection, sweep_id, plan.spec.targets)
        end_sweep_if_done(connection, sweep_id, moment)
    return CreatedSweep(sweep_id, tuple(job_ids[: len(plan.jobs)]))


def create(
    connection: Connection, plan: Plan, document: object, datasets: Mapping[str, DatasetFacts], max_attempts: int
) -> CreatedSweep:
    """Prepare and store a sweep in one transaction: for small ones, and where nobody else waits."""
    digests = trial_digests(plan, datasets)
    before = trained_before(connection, digests)
    before = hold(connection, before, digests) if plan.spec.reuse else before
    return store(connection, prepare(plan, document, datasets, max_attempts, digests, before))
