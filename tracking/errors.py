"""Errors of tracking: what a later pass may mend (`Unavailable`) is a different type from what it never will."""

from __future__ import annotations


class TrackingError(Exception):
    """Base of all errors that tracking raises on purpose."""


class Unavailable(TrackingError):
    """MLflow cannot be reached, is slow or busy: the next pass tries again. The message says what was tried."""


class UntestedSchema(TrackingError):
    """MLflow's database has a schema that the bulk path was not tested with; the message says the mend."""


class Refused(TrackingError):
    """MLflow refuses this run for good; the message is kept beside the trial or sweep as `tracking_error`."""
