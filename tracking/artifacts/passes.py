"""The second half of a pass: artifacts of ended sweeps, one sweep after the other, and never before the metrics.

After each sweep the metrics have their turn again. Fails apart from them: where artifacts cannot be written, runs and
curves go on. A sweep whose artifacts cannot be made, a fault of ours, is logged and left out until the next start.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from results.database import Database
from results.reads.tracking_artifacts import sweeps_without_artifacts
from results.reads.tracking_values import TrackedSweep
from results.writes import tracking as writes
from tracking.artifacts.making import make
from tracking.destination import Destination
from tracking.errors import Refused
from tracking.report import TrackingReport

logger = logging.getLogger(__name__)
_faulty: set[tuple[str, datetime | None]] = set()  # (uid, finished_at)


def send_artifacts(
    database: Database, destination: Destination, deadline: float, report: TrackingReport, between: Callable[[], None]
) -> None:
    """Send what is due until the deadline (`time.monotonic()`), calling `between` after each sweep.

    Raises `tracking.errors.Unavailable`; what was sent until then stays marked.
    """
    with database.read() as connection:
        due = sweeps_without_artifacts(connection)
    for sweep in due:
        if time.monotonic() >= deadline:
            return
        if (sweep.uid, sweep.finished_at) not in _faulty and destination.reaches_artifacts(sweep.experiment_id or ""):
            _send(database, destination, sweep, report)
            between()


def _send(database: Database, destination: Destination, sweep: TrackedSweep, report: TrackingReport) -> None:
    try:
        content = make(database, sweep)
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError):
        logger.exception("the artifacts of sweep %d cannot be made", sweep.sweep_id)
        _faulty.add((sweep.uid, sweep.finished_at))
        return
    try:
        held = destination.send_artifacts(content)
    except Refused as refusal:
        logger.warning("MLflow refuses the artifacts of sweep %d: %s", sweep.sweep_id, refusal)
        _faulty.add((sweep.uid, sweep.finished_at))
        return
    with database.write() as connection:
        if held:
            writes.mark_artifacts(connection, sweep.sweep_id, sweep.finished_at)
            report.sent_artifacts += 1
        else:
            writes.forget(connection, sweep.sweep_id)
            report.forgotten_sweeps += 1
