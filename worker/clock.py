"""The clock: sends the passes of recovery and tracking on time, from a thread of the scheduler's process.

A thread rather than Celery's own process beside the worker: if that died, nobody would notice that nothing is
recovered any more. If this fails the whole process ends, which whoever runs it sees.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress

from celery import Celery
from celery.beat import Scheduler, Service
from kombu.exceptions import OperationalError

from worker.queue import RECOVER

logger = logging.getLogger(__name__)


def start(app: Celery) -> None:
    """Start it; it ends with the process, for it has nothing to remember."""
    threading.Thread(target=_run, args=(app,), daemon=True, name="clock").start()


def _run(app: Celery) -> None:
    try:
        with suppress(OperationalError, OSError):
            app.send_task(RECOVER)  # what happened while nobody recovered
        Service(app, max_interval=1, scheduler_cls=Scheduler, remote_control=False).start()
    except BaseException:
        logger.exception("the clock has stopped, and this process with it")
        os._exit(1)
