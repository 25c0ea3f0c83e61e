"""One attempt at a job, as the database sees it: flushes, lease, and how it ends.

Used by `train_job`. What is written is computed before the transaction, while the heartbeat goes on. Every write
carries the claim and raises `StaleAttempt` once the job is another worker's. A database that does not answer costs
delay, until the lease is over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from engine.state import TrialState
from results.database import Database
from results.errors import DatabaseUnusable
from results.reads.sweeps import wanted
from results.values import Checkpoint, Claim, Flush
from results.writes import deciding, jobs
from results.writes.locking import lock_sweep
from results.writes.metric_target import hold, reached, stop_at_target
from settings import Settings
from sweeps.states import State, Wanted
from worker.failpoints import reach
from worker.heartbeat import Lease
from worker.journal import Journal

logger = logging.getLogger(__name__)
LOOKS_PER_FLUSH = 4
STATES_TOGETHER = 64 * 2**20  # bytes of checkpoints in one transaction, while which other writers wait
_NOTHING = Flush()


class Attempt:
    """A claim being worked on, with its journal."""

    def __init__(self, database: Database, claim: Claim, journal: Journal, settings: Settings, lease: Lease) -> None:
        self._database, self._claim, self._journal, self._settings = database, claim, journal, settings
        self._lease = lease
        began = time.monotonic()
        self._flush_at = began + settings.flush_seconds
        self._look_at = began + settings.flush_seconds / LOOKS_PER_FLUSH

    @property
    def flush_due(self) -> bool:
        """Whether it is time to flush, or the user wants something; raises `StaleAttempt` when the job is taken."""
        if self._lease.stale is not None:
            raise self._lease.stale
        return time.monotonic() >= self._flush_at or self._held_up()

    def flush(self, states: Mapping[int, TrialState] | None = None) -> Wanted:
        """Write the journal, with checkpoints where `states` are given, and say what the user wants.

        While the database does not answer the journal keeps what it has; after a whole lease its error is raised.
        """
        began = time.monotonic()
        news = self._journal.unwritten(states=states)  # before the transaction, which keeps others waiting
        try:
            step = "flush" if states is None else "checkpoint"
            first, *others = _in_parts(news)
            self._write(step, lambda connection: self._append(connection, first))
            self._journal.written()
            for part in others:
                self._write(step, partial(self._append, flush=part))
        except DatabaseUnusable as error:
            self._bear(error)
        # Long curves and slow databases: at most a tenth of the time goes into writing.
        pause = max(self._settings.flush_seconds, 9 * (time.monotonic() - began))
        self._flush_at = time.monotonic() + min(pause, self._settings.lease_seconds / 6)
        return self._lease.wanted

    def decide(self, epoch: int, states: Callable[[], Mapping[int, TrialState]]) -> tuple[int, ...]:
        """Write all up to this check epoch and what early termination decides there; the positions that end with it.

        Waits for the database: what a pruned trial would do beyond the epoch must not be recorded.
        """
        policy = self._claim.early_termination
        if policy is None:
            return ()
        news, arrived = self._journal.unwritten(), self._journal.arrived(epoch)
        pruned: tuple[int, ...] = ()

        def judge(connection: Connection) -> None:
            nonlocal pruned
            lock_sweep(connection, self._claim.sweep_id)  # before the job's row: always in this order
            self._append(connection, news)
            ending = deciding.decide(connection, self._claim, policy, epoch, arrived)
            pruned = self._journal.open_positions(ending)
            if pruned:
                last = self._journal.ending(pruned, states())
                jobs.append(connection, self._claim, last, self._settings.lease_seconds)

        self._insist("decide", judge)
        self._journal.written(pruned)
        return pruned

    def end(self, state: State, states: Mapping[int, TrialState]) -> None:
        """Write the rest and end the job, in one transaction; trials that still run end in this state too."""
        news = self._journal.unwritten(end=state, states=states)

        def last_write(connection: Connection) -> None:
            lock_sweep(connection, self._claim.sweep_id)  # before the job's row: always in this order
            self._append(connection, news)
            reach(self._settings, "end.appended")
            jobs.finish(connection, self._claim, state)

        self._insist("end", last_write)

    def hand_back(self, states: Mapping[int, TrialState]) -> None:
        """Write the rest with checkpoints and offer the job again; this attempt does not count."""
        news = self._journal.unwritten(states=states)

        def last_write(connection: Connection) -> None:
            lock_sweep(connection, self._claim.sweep_id)
            self._append(connection, news)
            jobs.hand_back(connection, self._claim)

        self._insist("hand_back", last_write)

    def _held_up(self) -> bool:
        """Whether the user wants the sweep paused or cancelled; looked up between flushes, which may be far apart."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + self._settings.flush_seconds / LOOKS_PER_FLUSH
        try:
            with self._database.read() as connection:
                return wanted(connection, self._claim.sweep_id) is not Wanted.RUN
        except DatabaseUnusable:
            return False  # the flush and the heartbeat deal with that

    def _append(self, connection: Connection, flush: Flush) -> None:
        good_enough = reached(self._claim, flush)
        if good_enough is not None:
            hold(connection, self._claim)
        self._lease.wanted = jobs.append(connection, self._claim, flush, self._settings.lease_seconds)
        if good_enough is not None:
            stop_at_target(connection, self._claim, good_enough)

    def _write(self, step: str, work: Callable[[Connection], None]) -> None:
        with self._database.write() as connection:
            work(connection)
            reach(self._settings, f"{step}.uncommitted")
        reach(self._settings, f"{step}.committed")
        self._lease.answered = self._lease.stepped = time.monotonic()

    def _insist(self, step: str, work: Callable[[Connection], None]) -> None:
        """Write it even if the database must be waited for, as long as the lease lasts."""
        while True:
            try:
                return self._write(step, work)
            except DatabaseUnusable as error:
                self._bear(error)
                time.sleep(self._settings.flush_seconds)

    def _bear(self, error: Exception) -> None:
        self._lease.stepped = time.monotonic()  # it waits for the database, it does not hang
        if time.monotonic() - self._lease.answered > self._settings.lease_seconds:
            raise error
        logger.warning("job %d: the database does not answer, trying again: %s", self._claim.job_id, error)


def _in_parts(flush: Flush) -> Iterator[Flush]:
    """The flush in as many transactions as its checkpoints need: others wait for `STATES_TOGETHER` bytes at most."""
    together: list[Checkpoint] = []
    size = 0
    for one in flush.checkpoints:
        size += len(one.state)
        if together and size > STATES_TOGETHER:
            yield replace(flush, checkpoints=together)
            flush, together, size = _NOTHING, [], len(one.state)
        together = [*together, one]
    yield replace(flush, checkpoints=together)
