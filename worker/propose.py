"""Proposing: an adaptive sweep whose last generation has ended gets the next. Plain, does not know Celery.

Called by the task `backsweep.propose`, on the scheduler. Proposing twice stores once: the sweep's generation number is
the fence. A process killed on the way leaves nothing behind; recovery asks again.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from engine.data.catalog import BUILT_IN
from results.database import Database
from results.errors import DatabaseUnusable, SchemaOutdated
from results.reads.machines import slowness
from results.reads.searching import StoredSearch, awaits, replicate_results, search_of
from results.writes import jobs, proposing
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.search.generation import SearchSoFar, next_generation
from sweeps.search.results import results_of
from sweeps.search.study import PastConfiguration
from sweeps.spec import SweepSpec
from worker.queue import Queue

logger = logging.getLogger(__name__)


def propose(database: Database, queue: Queue, settings: Settings, sweep_id: int) -> tuple[int, ...] | None:
    """Store the sweep's next generation and send its jobs; their keys, or None where none was due.

    No jobs: the search found nothing more and has ended, or it failed, for the reason that the sweep's row then has.
    """
    try:
        job_ids = _stored(database, settings, sweep_id)
    except (DatabaseUnusable, SchemaOutdated):
        raise  # not the search's fault; recovery asks again
    except Exception as error:
        logger.exception("sweep %d: its search has failed", sweep_id)
        return _fail(database, sweep_id, error)
    sent = queue.send_jobs(job_ids) if job_ids else ()
    if sent:
        with database.write() as connection:
            jobs.mark_sent(connection, sent)
    return job_ids


def _stored(database: Database, settings: Settings, sweep_id: int) -> tuple[int, ...] | None:
    found = _due(database, settings, sweep_id)
    if found is None:
        return None
    spec, search, so_far = found
    generation = next_generation(spec, so_far, BUILT_IN)  # outside of any transaction: it may take seconds
    with database.write() as connection:
        return proposing.store(connection, search, generation, BUILT_IN, settings.max_attempts)


def _fail(database: Database, sweep_id: int, error: Exception) -> tuple[int, ...] | None:
    """Another attempt would end the same way, for a search is drawn from its seed: the sweep ends with the reason."""
    reason = f"the search could not propose its next generation: {type(error).__name__}: {error}"
    with database.write() as connection:
        return () if proposing.fail(connection, sweep_id, f"{reason}; retry the sweep once that is put right") else None


def _due(database: Database, settings: Settings, sweep_id: int) -> tuple[SweepSpec, StoredSearch, SearchSoFar] | None:
    """All that the next generation follows from, read in one transaction; None where none is due."""
    with database.read() as connection:
        if not awaits(connection, sweep_id):
            return None
        search = search_of(connection, sweep_id)
        spec = replace(parse(search.document, BUILT_IN, settings.max_trials), slowness=slowness(connection))
        replicates = replicate_results(connection, sweep_id, spec.metrics)
    results = results_of([replicates.get(one.id, []) for one in search.configurations], spec.metrics)
    past = tuple(
        PastConfiguration(one.search_state, result)
        for one, result in zip(search.configurations, results, strict=True)
        if one.search_state is not None
    )
    known = tuple(one.configuration for one in search.configurations)
    so_far = SearchSoFar(search.generation, known, past, search.study_state, search.trial_count, search.job_count)
    return spec, search, so_far
