"""The three tasks, thin: each takes what its process holds and calls a plain function that does not know Celery.

Celery has no type information, hence the ignores.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import shared_task

from worker import process, stopping
from worker.asking import ask_after
from worker.queue import PROPOSE, TRACK, TRAIN

logger = logging.getLogger(__name__)


@shared_task(name=TRAIN, bind=True)  # type: ignore[untyped-decorator]
def train(self: Any, job_id: int) -> None:
    """Do one attempt at a job."""
    from worker.train_job import train_job  # the trainer: only processes that train load it

    if stopping.announced():
        return  # it stays queued; recovery sends it again
    owner = process.owner(os.getppid(), self.request.id)
    ending = train_job(process.database(), process.settings(), job_id, owner, stopping.announced)
    logger.info("job %d: %s", job_id, ending)
    ask_after(process.database(), process.queue(), job_id)


@shared_task(name=PROPOSE)  # type: ignore[untyped-decorator]
def propose(sweep_id: int) -> None:
    """Propose the next generation of an adaptive sweep."""
    from worker.propose import propose as propose_once  # Optuna: only the process that proposes loads it

    job_ids = propose_once(process.database(), process.queue(), process.settings(), sweep_id)
    if job_ids is not None:
        logger.info("sweep %d: %s", sweep_id, f"{len(job_ids)} jobs proposed" if job_ids else "nothing left to propose")


@shared_task(name=TRACK)  # type: ignore[untyped-decorator]
def track() -> None:
    """Bring MLflow up to date."""
    from tracking.tracker import track as track_once  # MLflow: only the process that tracks loads it

    report = track_once(process.database(), process.settings())
    if report.sent_trials or report.sent_metrics or report.sent_artifacts or report.error:
        logger.info("%s", report)
