"""The lease of a claim, kept alive from a second thread, and what that thread learns meanwhile.

It waits for no computation of the training's: it has transactions of its own and reads nothing but flags. What it
vouches for is that the training takes steps; where it takes none for too long, the job is given up and the process
killed, for nothing else ends a computation that does not come back.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from results.database import Database
from results.errors import ResultsError, StaleAttempt
from results.values import Claim, Flush
from results.writes import jobs
from settings import Settings
from sweeps.states import State, Wanted
from worker.failpoints import reach

logger = logging.getLogger(__name__)
UNWANTED_SECONDS = 30.0  # how long a training that is not to go on may take no step before its process is killed
LONG_EPOCH = 5.0  # seconds after which an epoch is interrupted, instead of waited for, when its user or worker wants it
_NOTHING = Flush()


class Interrupted(Exception):
    """The training is to stop in the middle of an epoch: its user, or its worker, wants that."""


class Lease:
    """What the training and the heartbeat know of each other. `stopping`: whether the worker is to stop."""

    def __init__(
        self, database: Database, claim: Claim, settings: Settings, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._database, self._claim, self._settings, self._stopping = database, claim, settings, stopping
        self.wanted = Wanted.RUN
        self.stale: StaleAttempt | None = None
        self.answered = self.stepped = self._epoch_began = time.monotonic()

    def epoch_begins(self) -> None:
        """The training has come this far."""
        self.stepped = self._epoch_began = time.monotonic()

    def step(self) -> None:
        """The training has done some more updates; raises `Interrupted` where it is not to do all of a long epoch."""
        self.stepped = time.monotonic()
        if self.stepped - self._epoch_began > LONG_EPOCH and self.unwanted():
            raise Interrupted

    def unwanted(self) -> bool:
        """Whether the training is not to go on here."""
        return self.stale is not None or self.wanted is not Wanted.RUN or self._stopping()

    def beat(self) -> None:
        """Renew the lease when nothing did for a while, as in a long epoch; give up a training that hangs."""
        try:
            hung = time.monotonic() - self.stepped
            if hung > self._settings.stall_seconds or (hung > UNWANTED_SECONDS and self.unwanted()):
                self._give_up(hung)
            if time.monotonic() - self.answered >= self._settings.lease_seconds / 8:
                self._renew()
        except StaleAttempt as stale:
            self.stale = stale
        except ResultsError as error:
            logger.warning("job %d: the lease could not be renewed: %s", self._claim.job_id, error)

    def _renew(self) -> None:
        with self._database.write() as connection:
            self.wanted = jobs.append(connection, self._claim, _NOTHING, self._settings.lease_seconds)
            reach(self._settings, "lease.uncommitted")
        reach(self._settings, "lease.committed")
        self.answered = time.monotonic()

    def _give_up(self, hung: float) -> None:
        """End the attempt in the training's stead, and with it this process: its pool starts another."""
        logger.error("job %d: no step for %.0f s, ending this process", self._claim.job_id, hung)
        try:
            with self._database.write() as connection:
                self._end(connection, hung)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    def _end(self, connection: Connection, hung: float) -> None:
        if self.wanted is Wanted.CANCEL:
            jobs.finish(connection, self._claim, State.CANCELLED)
        elif self.unwanted():
            jobs.hand_back(connection, self._claim)
        else:
            reason = f"attempt {self._claim.attempt} hung: no update and no epoch ended for {hung:.0f} s"
            jobs.release(connection, self._claim, reason, retry=True)


@contextmanager
def heartbeat(beat: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `beat` every so many seconds until the block is left; what it raises is shown and ends the beating."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(seconds):
            beat()

    thread = threading.Thread(target=run, daemon=True, name="heartbeat")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
