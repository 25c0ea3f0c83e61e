"""Asks for what a job's end makes due: a search's next generation, or the last of a sweep in MLflow.

Called by the task `backsweep.train`. Only a matter of speed: what is not asked here comes with the next round of the
scheduler.
"""

from __future__ import annotations

from results.database import Database
from results.errors import DatabaseUnusable
from results.reads.searching import awaits_after
from results.reads.tracking import ended_with
from worker.queue import Queue


def ask_after(database: Database, queue: Queue, job_id: int) -> None:
    """Ask where this job was the last of its generation, or of its sweep.

    Raises nothing for a database or broker that is away.
    """
    try:
        with database.read() as connection:
            sweep_id = awaits_after(connection, job_id)
            ended = ended_with(connection, job_id)
    except DatabaseUnusable:
        return
    if sweep_id is not None:
        queue.ask_for_proposals([sweep_id])
    if ended:
        queue.ask_for_tracking()
