"""Waking the workers once a transaction has committed. Called by the views that store or requeue jobs."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from api.services import Services
from results.errors import ResultsError
from results.values import SweepView
from results.writes.jobs import mark_sent
from sweeps.states import ENDED
from worker.failpoints import reach

log = logging.getLogger(__name__)


def wake(service: Services, sweep: SweepView, job_ids: Sequence[int]) -> None:
    """Send the sweep's jobs, and have proposed what a search comes to next."""
    if job_ids:
        queue_jobs(service, job_ids)
    if sweep.search is not None and sweep.state not in ENDED:
        service.queue.ask_for_proposals([sweep.id])  # none is due: nothing comes of it


def queue_jobs(service: Services, job_ids: Sequence[int]) -> None:
    """Send their messages. Nothing here may fail the request: recovery sends again what is not marked as sent."""
    sent = service.queue.send_jobs(job_ids)
    reach(service.settings, "submission.sent")
    if len(sent) < len(job_ids):
        log.warning("%d of %d jobs queued; recovery will send the others", len(sent), len(job_ids))
    try:
        with service.database.write() as connection:
            mark_sent(connection, sent)
    except ResultsError as error:
        log.warning("could not note what was queued: %s", error)
