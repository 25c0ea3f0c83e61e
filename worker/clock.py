"""The clock of the scheduler's process: recovery and the tracker's passes, at a steady pace, each in a thread.

The pace is that of the monotonic clock: whoever sets this machine's clock changes nothing. Threads of their own, so
that neither waits for the other, for a search that takes long over its next generation, or for a broker that is away.
They end with the process, for they have nothing to remember; if that ends, whoever runs it sees.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict

from results.errors import DatabaseUnusable, SchemaOutdated
from settings import Settings
from worker import alive, process
from worker.recover import Watch, recover

logger = logging.getLogger(__name__)


def start(settings: Settings) -> None:
    """Start it."""
    watch = Watch(settings.lease_seconds)
    _repeat("recovery", lambda: _pass(settings, watch), settings.recovery_seconds)
    _repeat("tracking", lambda: process.queue().ask_for_tracking(), settings.tracking_seconds)


def _repeat(name: str, act: Callable[[], object], seconds: float) -> None:
    def run() -> None:
        while True:
            try:
                act()
            except (DatabaseUnusable, SchemaOutdated) as error:
                logger.warning("%s: trying again in %g s: %s", name, seconds, error)
            except Exception:
                logger.exception("%s: trying again in %g s", name, seconds)
            time.sleep(seconds)

    threading.Thread(target=run, daemon=True, name=name).start()


def _pass(settings: Settings, watch: Watch) -> None:
    """A pass of recovery; a database that is away does not make this process a dead one."""
    try:
        _recover(settings, watch)
    finally:
        alive.touch(settings)


def _recover(settings: Settings, watch: Watch) -> None:
    recovered = recover(process.database(), process.queue(), settings, watch)
    done = {what: job_ids for what, job_ids in asdict(recovered).items() if job_ids}
    if done:
        logger.info("jobs: %s", done)
