"""Recovery: takes back what dead workers held and sends again what was lost on the way.

Called by the task `backsweep.recover` every few seconds and when the scheduler starts; safe to run twice at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from results.database import Database
from results.reads.searching import awaiting
from results.writes import idempotency, jobs, recovery
from settings import Settings
from worker.failpoints import reach
from worker.queue import Queue


@dataclass(frozen=True)
class Recovered:
    """What one pass did, in jobs: taken back and offered again, failed for good or cancelled; and sent.

    `asked`: sweeps whose next generation of a search was asked for again.
    """

    requeued: tuple[int, ...]
    failed: tuple[int, ...]
    cancelled: tuple[int, ...]
    sent: tuple[int, ...]
    asked: tuple[int, ...] = ()


def recover(database: Database, queue: Queue, settings: Settings) -> Recovered:
    """One pass. Raises nothing for a broker that is down: the next pass sends."""
    with database.write() as connection:
        found = recovery.recover(connection, settings.resend_seconds)
        searching = awaiting(connection)
        idempotency.prune(connection, settings.idempotency_seconds)
        reach(settings, "recovery.uncommitted")
    reach(settings, "recovery.committed")
    to_send = _lost(found, queue)
    sent = queue.send_jobs(to_send) if to_send else ()
    if sent:
        reach(settings, "recovery.sent")
        with database.write() as connection:
            jobs.mark_sent(connection, sent)
    asked = queue.ask_for_proposals(searching) if searching else ()
    return Recovered(found.requeued, found.failed, found.cancelled, sent, asked)


def _lost(found: recovery.Recovery, queue: Queue) -> tuple[int, ...]:
    """The jobs whose messages are lost: all that wait where the queue holds fewer messages than that.

    Jobs that merely wait for a free worker are thus not sent again and again, so messages do not pile up; and as
    workers empty the queue, whatever was lost is sent at the latest when the queue is shorter than the loss. Those that
    surely have no message there, such as jobs taken back, need not wait for that. None while the broker is away.
    """
    waiting = queue.waiting()
    if waiting is None:
        return ()
    return found.to_send if waiting < len(found.to_send) else found.without_message
