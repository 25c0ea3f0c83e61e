"""The worker programs, run by `python -m worker` once the environment of its numerics is set."""

from __future__ import annotations

import gc
import logging
import os
import sys
from importlib import import_module

from engine.blas import SameBits
from results.database import open_database
from settings import from_environment
from worker import alive, clock
from worker.app import create_app
from worker.queue import SCHEDULING_QUEUE, TRACKING_QUEUE, TRAINING_QUEUE

logger = logging.getLogger(__name__)
# On a busy core the tracker gets a quarter, beside a trainer's three; MLflow is kept up with all the same.
TRACKER_NICENESS = 5
# Rows and metrics are made by the hundred thousand and hold no cycles: looking for some that often was a fifth of the
# tracker's time.
COLLECTION_THRESHOLDS = (50_000, 50, 50)
_QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
WARNINGS = {
    SameBits.ONE_BY_ONE: "on this BLAS trials in one array change each other's bits: they are trained one by one",
    SameBits.NO: "this BLAS does not give the same bits twice: results may differ from run to run",
}
ARGUMENTS = {
    "train": ["--queues", TRAINING_QUEUE, "--pool", "prefork", "--hostname", "train@%h"],
    "track": ["--queues", TRACKING_QUEUE, "--pool", "solo", "--hostname", "track@%h"],
    "beat": ["--queues", SCHEDULING_QUEUE, "--pool", "solo", "--hostname", "beat@%h"],
}


def main(role: str, options: list[str]) -> None:
    """Run until stopped; `options` go to `celery worker`."""
    gc.set_threshold(*COLLECTION_THRESHOLDS)
    settings = from_environment()
    app = create_app(settings)
    if role == "train":
        import_module("worker.train_job")  # once, before the pool forks: its processes share the memory
        _examine_machine()
    if role == "track":
        os.nice(TRACKER_NICENESS)
    if role == "beat":
        clock.start(settings)  # whether the broker is there or not
    else:
        alive.show(app, settings)
    app.worker_main(["worker", *ARGUMENTS[role], *_QUIET, *options])


def _examine_machine() -> None:
    """Examine bits and speed before the pool forks, with a database connection that no child inherits."""
    from engine.same_bits import same_bits  # NumPy: only processes that train load it
    from worker.calibration import calibrate

    settings = from_environment()
    bits = same_bits(settings.kernel_cache())
    if bits is not SameBits.FUSED:
        logger.warning("%s", WARNINGS[bits])
    database = open_database(settings.database_url)
    try:
        calibrate(database, bits.together)
    finally:
        database.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
