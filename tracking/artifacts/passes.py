"""The second half of a pass: artifacts of ended sweeps, one sweep after the other, and never before the metrics.

While artifacts are made, and after each sweep, the metrics have their turn again. Fails apart from them: where
artifacts cannot be written, runs and curves go on. A sweep whose artifacts cannot be made, a fault of ours, or that
MLflow refuses, is logged and left out until the next start.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from results.database import Database
from results.reads.tracking_artifacts import (
    experiments_without_artifacts,
    sweep_without_artifacts,
    sweeps_without_artifacts,
)
from results.writes import tracking as writes
from tracking.artifacts.background import Making
from tracking.destination import Destination
from tracking.errors import Refused, TrackingError
from tracking.gone import forget
from tracking.report import TrackingReport

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5  # how often the metrics have their turn while artifacts are made

# What this process remembers between passes.
_faulty: set[tuple[str, datetime | None]] = set()  # (uid, finished_at)
_under_way: list[Making] = []  # at most one


def send_artifacts(
    database: Database, destination: Destination, deadline: float, report: TrackingReport, between: Callable[[], None]
) -> None:
    """Send what is due until the deadline (`time.monotonic()`), calling `between` again and again.

    Raises `tracking.errors.Unavailable`; what was sent until then stays marked.
    """
    reached = _reached(database, destination)
    while time.monotonic() < deadline:
        making = _begun(database, reached)
        if making is None:
            return
        while not making.finished(_LOOK_SECONDS):
            between()
            if time.monotonic() >= deadline:
                return
        _under_way.clear()
        _finish(database, destination, making, report)
        between()


def _reached(database: Database, destination: Destination) -> list[str]:
    """The experiments that lack artifacts and can have them: asked once a pass, not once a sweep."""
    with database.read() as connection:
        lacking = experiments_without_artifacts(connection)
    return [experiment_id for experiment_id in lacking if destination.reaches_artifacts(experiment_id)]


def _begun(database: Database, reached: Sequence[str]) -> Making | None:
    """What an earlier pass began, unless its sweep has gone on since; else the newest that is due."""
    with database.read() as connection:
        if _under_way:
            sweep = sweep_without_artifacts(connection, _under_way[0].sweep.sweep_id)
            if sweep is None or not _under_way[0].concerns(database, sweep):
                _under_way.clear()
        if _under_way:
            return _under_way[0]
        found = sweeps_without_artifacts(connection, reached, len(_faulty) + 1)
    due = [sweep for sweep in found if (sweep.uid, sweep.finished_at) not in _faulty]
    if due:
        _under_way.append(Making(database, due[0]))
    return _under_way[0] if due else None


def _finish(database: Database, destination: Destination, making: Making, report: TrackingReport) -> None:
    """Send what was made, and mark it."""
    sweep = making.sweep
    try:
        content = making.result()
        held = destination.send_artifacts(content)
    except (Refused, ValueError, TypeError, LookupError, ArithmeticError, AssertionError) as error:
        known = isinstance(error, TrackingError)
        logger.warning("no artifacts of sweep %d: %s", sweep.sweep_id, error, exc_info=None if known else error)
        _faulty.add((sweep.uid, sweep.finished_at))
        return
    if not held:
        forget(database, sweep.sweep_id)
        report.forgotten_sweeps += 1
        return
    model_sha256 = content.model.sha256() if content.model else None
    with database.write() as connection:
        writes.mark_artifacts(connection, sweep.sweep_id, sweep.finished_at, model_sha256)
    report.sent_artifacts += 1
