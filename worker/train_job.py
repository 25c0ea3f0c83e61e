"""Claim, train, append, finish: one attempt at one job. Plain functions that do not know Celery.

Called by the task `backsweep.train` with the number it was woken with. A job that is claimed, ended or cancelled
already is left alone, so waking twice does no harm.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from enum import StrEnum

from engine.blas import machine
from engine.errors import EngineError
from engine.same_bits import same_bits
from engine.trials import EpochRecords
from results.database import Database
from results.errors import DatabaseUnusable, SchemaOutdated, StaleAttempt
from results.values import Claim
from results.writes import jobs
from settings import Settings
from sweeps.states import State, Wanted
from worker.attempt import Attempt
from worker.beginning import Beginning, begin
from worker.errors import HopelessJob
from worker.failpoints import reach
from worker.heartbeat import Interrupted, Lease, heartbeat
from worker.journal import Journal

logger = logging.getLogger(__name__)


class Ending(StrEnum):
    """How an attempt ended; for the log."""

    UNCLAIMED = "not to be had: claimed, ended or cancelled already"
    FINISHED = "finished"
    CANCELLED = "cancelled by its user"
    HANDED_BACK = "handed back, this worker is stopping"
    PAUSED = "handed back, its user has paused it"
    OVERTAKEN = "left to another worker that has claimed it since"
    BROKE = "ended with an error"


def train_job(
    database: Database, settings: Settings, job_id: int, owner: str, stopping: Callable[[], bool] = lambda: False
) -> Ending:
    """Do one attempt at the job; `stopping` says that the worker is to stop, asked between epochs."""
    claim = _claim(database, settings, job_id, owner)
    if claim is None:
        return Ending.UNCLAIMED
    reach(settings, "claim.committed")
    try:
        return _attempt(database, settings, claim, stopping)
    except StaleAttempt:
        return Ending.OVERTAKEN
    except Exception as error:
        logger.exception("job %d, attempt %d", claim.job_id, claim.attempt)
        return _give_up(database, settings, claim, error)


def _claim(database: Database, settings: Settings, job_id: int, owner: str) -> Claim | None:
    """Claim the job; where that cannot be done here, as with a value this program does not know, it counts."""
    try:
        with database.write() as connection:
            claim = jobs.claim(connection, job_id, owner, settings.lease_seconds)
            reach(settings, "claim.uncommitted")
            return claim
    except (DatabaseUnusable, SchemaOutdated):
        raise  # not the job's fault; recovery sends it again
    except Exception as error:
        logger.exception("job %d cannot be claimed", job_id)
        with database.write() as connection:
            jobs.refuse(connection, job_id, owner, f"it cannot be claimed: {type(error).__name__}: {error}")
        return None


def _attempt(database: Database, settings: Settings, claim: Claim, stopping: Callable[[], bool]) -> Ending:
    lease = Lease(database, claim, settings, stopping)
    with heartbeat(lease.beat, settings.lease_seconds / 6):
        bits = same_bits(settings.kernel_cache())
        beginning = begin(database, claim, bits.together)
        extended = any(one.completed_epochs is not None for one in claim.trials)
        journal = Journal(beginning.curves, {**machine(), "same_bits": bits.value}, extended)
        attempt = Attempt(database, claim, journal, settings, lease)
        try:
            return _train(beginning, journal, attempt, settings, stopping, lease)
        except Interrupted:
            return _interrupted(attempt, lease)


def _interrupted(attempt: Attempt, lease: Lease) -> Ending:
    """The epoch is left unfinished; what comes after the last checkpoint is trained again, if ever."""
    if lease.stale is not None:
        raise lease.stale
    if lease.wanted is Wanted.CANCEL:
        attempt.end(State.CANCELLED, {})
        return Ending.CANCELLED
    attempt.hand_back({})
    return Ending.PAUSED if lease.wanted is Wanted.PAUSE else Ending.HANDED_BACK


def _train(
    beginning: Beginning,
    journal: Journal,
    attempt: Attempt,
    settings: Settings,
    stopping: Callable[[], bool],
    lease: Lease,
) -> Ending:
    training = beginning.training
    checkpointed = time.monotonic()
    for records in _unfinished(beginning, journal, attempt, lease):
        if stopping():
            attempt.hand_back(training.states())
            return Ending.HANDED_BACK
        if not attempt.flush_due:
            continue
        checkpoint = time.monotonic() - checkpointed >= settings.checkpoint_seconds
        if checkpoint:
            checkpointed = time.monotonic()
        wanted = attempt.flush(training.states() if checkpoint else None)
        if wanted is Wanted.CANCEL:
            attempt.end(State.CANCELLED, training.states())
            return Ending.CANCELLED
        if wanted is Wanted.PAUSE:
            attempt.hand_back(training.states())
            return Ending.PAUSED
        logger.debug("epoch %d is stored", records.epoch)
    attempt.end(State.FINISHED, training.states())
    return Ending.FINISHED


def _unfinished(beginning: Beginning, journal: Journal, attempt: Attempt, lease: Lease) -> Iterator[EpochRecords]:
    """Train, journal every epoch, prune at check epochs, and yield the epochs after which the training goes on."""
    training = beginning.training
    for records in training.epochs(lease.step):
        journal.add(records)
        if records.epoch in beginning.check_epochs:
            training.leave(attempt.decide(records.epoch, training.states))
        if records.epoch >= beginning.epochs:
            return
        yield records
        lease.epoch_begins()


def _give_up(database: Database, settings: Settings, claim: Claim, error: Exception) -> Ending:
    """Offer the job again, or fail it when another attempt would end the same way; the error stays in its row."""
    hopeless = isinstance(error, (HopelessJob, EngineError))
    try:
        with database.write() as connection:
            jobs.release(connection, claim, f"{type(error).__name__}: {error}", retry=not hopeless)
            reach(settings, "release.uncommitted")
        reach(settings, "release.committed")
    except StaleAttempt:
        return Ending.OVERTAKEN
    except (DatabaseUnusable, SchemaOutdated):
        logger.exception("job %d: its error could not be stored; the lease will run out", claim.job_id)
    return Ending.BROKE
