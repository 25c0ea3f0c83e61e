"""Asks for the next generation of a search once a job has ended. Called by the task `backsweep.train`.

Only a matter of speed: what is not asked here, recovery asks for.
"""

from __future__ import annotations

from results.database import Database
from results.errors import DatabaseUnusable
from results.reads.searching import awaits_after
from worker.queue import Queue


def ask_after(database: Database, queue: Queue, job_id: int) -> None:
    """Ask where this job was the last of its generation. Raises nothing for a database or broker that is away."""
    try:
        with database.read() as connection:
            sweep_id = awaits_after(connection, job_id)
    except DatabaseUnusable:
        return
    if sweep_id is not None:
        queue.ask_for_proposals([sweep_id])
