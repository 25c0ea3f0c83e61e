"""Recovery: takes back what dead workers held and sends again what was lost on the way.

Called by the scheduler's clock every few seconds; safe to run twice at once. A worker is dead when it gives no sign
of life, by this process's own monotonic clock: nothing follows from comparing the moments of two clocks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from results.database import Database
from results.errors import DatabaseUnusable, RowsHeld, SchemaOutdated
from results.reads.searching import awaiting
from results.writes import extending_in_parts, idempotency, jobs, recovery, submissions
from results.writes.recovery import Sign, Unsent
from settings import Settings
from sweeps.states import State
from worker.failpoints import reach
from worker.queue import Queue

logger = logging.getLogger(__name__)
LOOKS = 3  # at least so many intervals of silence make a lease
T = TypeVar("T")
Of = TypeVar("Of")


@dataclass(frozen=True)
class Recovered:
    """What one pass did, in jobs: taken back and offered again, failed for good or cancelled; and sent.

    `asked`: sweeps whose next generation of a search was asked for again.
    """

    requeued: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()
    sent: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()


class Watch:
    """For how long each running job has given no sign of life.

    Only time in which somebody looked counts, and of the time between two looks no more than a third of the lease:
    where this process or the database stood still, the workers' signs were not lost but late.
    """

    def __init__(self, lease_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`lease_seconds`: of jobs that do not say it themselves."""
        self._lease_seconds, self._clock = lease_seconds, clock
        self._looked = clock()
        self._silence: dict[Sign, float] = {}

    def look(self, signs: Iterable[Sign]) -> list[Sign]:
        """Those that have been the same for a whole lease."""
        moment = self._clock()
        passed, self._looked = moment - self._looked, moment
        self._silence = {one: self._longer(one, passed) for one in signs}
        return [one for one, seconds in self._silence.items() if seconds >= self._lease(one)]

    def _longer(self, sign: Sign, passed: float) -> float:
        before = self._silence.get(sign)
        return 0.0 if before is None else before + min(passed, self._lease(sign) / LOOKS)

    def _lease(self, sign: Sign) -> float:
        return self._lease_seconds if sign.lease_seconds is None else sign.lease_seconds


def recover(database: Database, queue: Queue, settings: Settings, watch: Watch) -> Recovered:
    """One pass. Raises nothing for a broker that is down: the next pass sends."""
    with database.write() as connection:  # as a writer: while nobody can write, nobody's silence counts
        silent = watch.look(recovery.signs(connection))
    became: dict[State, list[int]] = {State.QUEUED: [], State.FAILED: [], State.CANCELLED: []}
    for sign in silent:
        state = _alone(database, settings, f"job {sign.job_id}", recovery.take_back, sign)
        if state is not None:
            became[state].append(sign.job_id)
    with database.read() as connection:
        left = recovery.unended(connection)
    for sweep_id in left:
        _alone(database, settings, f"sweep {sweep_id}", recovery.end_sweep, sweep_id)
    _alone(database, settings, "old answers", idempotency.prune, settings.idempotency_seconds)
    submissions.discard_abandoned(database)
    extending_in_parts.complete_abandoned(database)
    requeued, failed, cancelled = (tuple(job_ids) for job_ids in became.values())
    return Recovered(requeued, failed, cancelled, *_send(database, queue, settings))


def _alone(database: Database, settings: Settings, what: str, work: Callable[[Connection, Of], T], of: Of) -> T | None:
    """Do it in a transaction of its own; what fails, or is held by somebody, leaves the others alone: the next pass."""
    try:
        with database.write() as connection:
            recovery.be_impatient(connection)
            done = work(connection, of)
            reach(settings, "recovery.uncommitted")
        reach(settings, "recovery.committed")
    except RowsHeld as error:
        logger.warning("%s is left to the next pass: %s", what, error)
    except (DatabaseUnusable, SchemaOutdated):
        raise
    except Exception:
        logger.exception("%s could not be recovered", what)
    else:
        return done
    return None


def _send(database: Database, queue: Queue, settings: Settings) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Send what nobody has sent for long: jobs, and questions for the next generation of a search."""
    with database.read() as connection:
        unsent = recovery.unsent(connection, settings.resend_seconds)
        searching = awaiting(connection)
    to_send = _lost(unsent, queue)
    sent = queue.send_jobs(to_send) if to_send else ()
    if sent:
        reach(settings, "recovery.sent")
        with database.write() as connection:
            jobs.mark_sent(connection, sent)
    return sent, queue.ask_for_proposals(searching) if searching else ()


def _lost(unsent: Unsent, queue: Queue) -> tuple[int, ...]:
    """The jobs whose messages are lost: all that wait where the queue holds fewer messages than that.

    Jobs that merely wait for a free worker are thus not sent again and again, so messages do not pile up; and as
    workers empty the queue, whatever was lost is sent at the latest when the queue is shorter than the loss. Those that
    surely have no message there, such as jobs taken back, need not wait for that. None while the broker is away.
    """
    waiting = queue.waiting()
    if waiting is None:
        return ()
    return unsent.to_send if waiting < len(unsent.to_send) else unsent.without_message
