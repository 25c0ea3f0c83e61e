"""A generation of an adaptive search is stored, once. Called by `worker.propose`.

Fenced by the sweep's generation number, under the sweep's row: of two that propose at once the second stores nothing,
and nothing is proposed to a sweep that was stopped, paused or cancelled meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

from sqlalchemy import Connection, select, update

from engine.data.catalog import DatasetFacts
from results.clock import now
from results.reads.searching import StoredSearch
from results.searches import awaits_proposals
from results.tables.sweeps import sweeps
from results.text import storable
from results.writes import planned_rows
from results.writes.endings import end_sweep_if_done
from results.writes.locking import lock_sweep
from sweeps.digests import trial_digests
from sweeps.search.generation import Generation


def fail(connection: Connection, sweep_id: int, reason: str) -> bool:
    """The next generation could not be proposed: the search ends, and with it the sweep; whether it was due.

    Retrying the sweep has it proposed again.
    """
    lock_sweep(connection, sweep_id)
    due = (sweeps.c.id == sweep_id) & awaits_proposals()
    if connection.execute(select(sweeps.c.id).where(due)).one_or_none() is None:
        return False
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(error=storable(reason)))
    end_sweep_if_done(connection, sweep_id, now(connection))
    return True


def store(
    connection: Connection,
    search: StoredSearch,
    generation: Generation,
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
) -> tuple[int, ...] | None:
    """The keys of the generation's jobs, or None where it is not wanted any more.

    A generation without configurations ends the search, and with it the sweep.
    """
    lock_sweep(connection, search.sweep_id)
    here = sweeps.c.id == search.sweep_id
    due = (sweeps.c.generation == search.generation) & awaits_proposals()
    row = connection.execute(select(sweeps).where(here, due)).one_or_none()
    if row is None:
        return None
    notes = [*row.notes] if generation.note is None else [*row.notes, generation.note]
    values = {"generation": search.generation + 1, "search_state": dict(generation.study_state), "notes": notes}
    moment = now(connection)
    if not generation.found:
        connection.execute(update(sweeps).where(here).values(**values, stopped_because=generation.ended))
        end_sweep_if_done(connection, search.sweep_id, moment)
        return ()
    plan = generation.plan
    dataset_ids = planned_rows.store_datasets(connection, plan, datasets, moment)
    number = search.generation + 1
    columns = [{"generation": number, "search_state": dict(one.search_state)} for one in generation.found]
    digests = trial_digests(plan, datasets)
    rows = planned_rows.rows_of(plan, datasets, digests, max_attempts, row.configuration_count, columns)
    job_ids = planned_rows.store_rows(lambda: nullcontext(connection), row.id, rows, dataset_ids, moment)
    counts = {
        "configuration_count": row.configuration_count + len(plan.configurations),
        "trial_count": row.trial_count + sum(len(job.trials) for job in plan.jobs),
        "job_count": row.job_count + len(plan.jobs),
    }
    connection.execute(update(sweeps).where(here).values(**values, **counts))
    return tuple(job_ids[job.number] for job in plan.jobs)
