"""One tracking pass: what SQL holds and MLflow lacks is sent, then the watermarks in SQL move.

Called by the worker's tracking task (one consumer); a second pass at the same time leaves at once. MLflow being down,
slow, emptied or of another version is reported, never raised. Faults of the results database are raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from results.clock import now
from results.database import Database
from results.reads import tracking as reads
from results.reads.tracking_artifacts import lacks_artifacts
from results.reads.tracking_values import Lag
from results.writes import tracking as writes
from settings import Settings
from tracking.address import is_http
from tracking.backoff import Backoff
from tracking.destination import Destination
from tracking.errors import TrackingError, Unavailable
from tracking.opening import open_destination
from tracking.passes import Pass
from tracking.report import TrackingReport
from tracking.turnstile import Occupied, alone

PASS_SECONDS = 10.0
_NOTED_EVERY = timedelta(seconds=30)

# What this process remembers between passes: nothing but its patience.
_patience: dict[str, Backoff] = {}


def track(database: Database, settings: Settings, seconds: float = PASS_SECONDS) -> TrackingReport:
    """Send what MLflow lacks for about `seconds`, leaving the rest to the next pass; without an address do nothing."""
    report = TrackingReport()
    uri = settings.mlflow_tracking_uri
    if not uri:
        return report
    began = time.monotonic()
    backoff = _patience.setdefault(uri, Backoff())
    occupied = False
    if backoff.remaining() > 0:
        report.error = f"waiting {backoff.remaining():.0f} s before trying again: {backoff.reason}"
    else:
        try:
            with alone(database):
                _attempt(database, settings, began + seconds, report, backoff)
        except Occupied as error:
            report.error, occupied = str(error), True
    with database.read() as connection:
        lag, moment = reads.lag(connection), now(connection)
    report.pending_sweeps, report.pending_trials = lag.sweeps, lag.trials
    if not occupied:
        _note(database, lag, moment, backoff.reason if backoff.remaining() > 0 else report.error)
    report.seconds = time.monotonic() - began
    return report


def _note(database: Database, lag: Lag, moment: datetime, error: str | None) -> None:
    """Store how the pass went: at once where that is news, else now and then."""
    recent = lag.passed_at is not None and abs(moment - lag.passed_at) < _NOTED_EVERY
    if error != lag.error or not recent:
        with database.write() as connection:
            writes.note_pass(connection, moment, error)


def _attempt(database: Database, settings: Settings, deadline: float, report: TrackingReport, backoff: Backoff) -> None:
    uri = settings.mlflow_tracking_uri
    try:
        with open_destination(uri, settings.mlflow_artifacts_root) as destination:
            sending = Pass(database, destination, deadline, report)
            sending.run()
            _artifacts(database, destination, deadline, report, sending.take_turns)
    except Unavailable as error:
        report.error = str(error)
        if is_http(uri):  # a refused database connection costs nothing; a silent server five seconds a call
            backoff.failed(str(error))
    except TrackingError as error:
        report.error = str(error)
    else:
        backoff.succeeded()


def _artifacts(
    database: Database, destination: Destination, deadline: float, report: TrackingReport, between: Callable[[], None]
) -> None:
    """After the metrics, and with a patience of its own: a full volume must not hold up the curves."""
    with database.read() as connection:
        due = lacks_artifacts(connection)
    patience = _patience.setdefault("artifacts", Backoff())
    if not due or patience.remaining() > 0:
        return
    from tracking.artifacts.passes import send_artifacts  # matplotlib: only once there is something to draw

    try:
        send_artifacts(database, destination, deadline, report, between)
    except Unavailable as error:
        report.error = str(error)
        patience.failed(str(error))
    else:
        patience.succeeded()
