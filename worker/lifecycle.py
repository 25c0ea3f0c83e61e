"""What a worker does at the turns of its life: it stops, one of its processes dies.

Connected by `worker.app`. Runs in Celery's main process, which never trains.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from celery.exceptions import WorkerLostError
from celery.signals import after_setup_logger, task_failure, worker_shutting_down

from results.database import open_database
from results.writes import jobs
from settings import Settings
from worker import process, stopping
from worker.queue import TRAIN

logger = logging.getLogger(__name__)


def connect(settings: Settings) -> None:
    """Connect the signals of this process."""

    def stop(**_: Any) -> None:
        stopping.announce()

    def lost(sender: Any, task_id: str, exception: BaseException, args: list[Any], **_: Any) -> None:
        if sender.name == TRAIN and isinstance(exception, WorkerLostError):
            _take_back(settings, args[0], process.owner(os.getpid(), task_id), str(exception))

    worker_shutting_down.connect(stop, weak=False)
    task_failure.connect(lost, weak=False)
    after_setup_logger.connect(_quieten, weak=False)


def _quieten(**_: Any) -> None:
    """A pass every few seconds is no news: the tasks log what they did, if they did anything."""
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _take_back(settings: Settings, job_id: int, owner: str, how: str) -> None:
    """Offer the job again at once: the process that held it is known to be dead. Recovery's next pass sends it.

    Only a matter of speed, and of a reason that says more: if this fails, the lease runs out by itself.
    """
    try:
        database = open_database(settings.database_url)
        try:
            with database.write() as connection:
                jobs.process_died(connection, job_id, owner, how)
        finally:
            database.dispose()
    except Exception:
        logger.exception("job %d: it could not be taken back, its lease will run out", job_id)
