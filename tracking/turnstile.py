"""One tracking pass at a time per results database, whoever starts it: MLflow's runs want one writer.

Deterministic run ids and conflict rules would keep the content right all the same; this keeps a slow pass from telling
MLflow an older state than a fast one did.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from results.database import Database
from tracking.address import sqlite_path
from tracking.errors import TrackingError

_TAKEN = "55P03"  # lock_not_available


class Occupied(TrackingError):
    """Another tracking pass is under way."""


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Hold the turnstile for the block; raises `Occupied` at once when somebody else does.

    A lock file beside an SQLite file, a lock of the table `tracker` in PostgreSQL: both end with the process that holds
    them. Not an advisory lock: those are anybody's who may connect, and this one asks for more than the right to read.
    """
    path = sqlite_path(make_url(database.url))
    if path is not None:
        with open(f"{path}.tracking.lock", "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Occupied("another tracking pass is under way") from None
            yield
        return
    with database.write() as connection:  # holds no snapshot while it waits, as a read would
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # silent for a whole pass
        try:
            connection.execute(text("LOCK TABLE tracker IN SHARE UPDATE EXCLUSIVE MODE NOWAIT"))  # itself alone
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _TAKEN:
                raise
            raise Occupied("another tracking pass is under way") from None
        yield
