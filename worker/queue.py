"""The queue: sends jobs by task name, so the sender never loads the trainer.

Called by the API after its commit and by recovery. A message is a wake-up with a job's number, nothing else: one that
is lost is sent again by recovery, one that comes twice finds its job claimed. Refuses to wait: a broker that is down
or frozen costs about two seconds, never an error.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from worker import broker

TRAIN, TRACK, PROPOSE = "backsweep.train", "backsweep.track", "backsweep.propose"
TRAINING_QUEUE, SCHEDULING_QUEUE, TRACKING_QUEUE = "train", "scheduling", "tracking"
ROUTES = {
    TRAIN: {"queue": TRAINING_QUEUE},
    TRACK: {"queue": TRACKING_QUEUE},
    PROPOSE: {"queue": SCHEDULING_QUEUE},
}


class Queue:
    """The broker as its senders see it; connects when first used and again when it must.

    `patience`: seconds after which a call gives up. Safe to share between threads; not across a fork.
    """

    def __init__(self, broker_url: str, patience: float = 2.0) -> None:
        self._patience = patience
        self._celery = Celery("backsweep.queue", set_as_current=False)
        options = {
            "socket_timeout": patience / 2,
            "socket_connect_timeout": patience / 2,
            "socket_keepalive": True,
            "retry_on_timeout": False,
            "max_retries": 0,
            "interval_start": 0,
        }
        self._celery.conf.update(
            task_routes=ROUTES,
            task_ignore_result=True,
            task_publish_retry=False,
            broker_connection_timeout=patience / 2,
            **broker.celery_settings(broker_url, options),
        )

    def send_jobs(self, job_ids: Iterable[int]) -> tuple[int, ...]:
        """Send one message per job and return those that were sent, in order; a broken broker sends fewer, or none."""
        return self._send_all(TRAIN, job_ids)

    def ask_for_proposals(self, sweep_ids: Iterable[int]) -> tuple[int, ...]:
        """Have the next generation of each of these searches proposed; the sweeps whose messages were sent."""
        return self._send_all(PROPOSE, sweep_ids)

    def ask_for_tracking(self) -> None:
        """Have MLflow brought up to date now; where that has been asked for and nobody came yet, do nothing.

        No message says when it expires: that would be judged by the taker's clock.
        """
        self._within_patience(self._send_tracking)

    def ping(self) -> bool:
        """Whether the broker answers."""
        answers: list[bool] = []
        self._within_patience(partial(self._ping, answers))
        return bool(answers)

    def waiting(self) -> int | None:
        """Messages for trainers that nobody has taken, or None when the broker does not answer."""
        counts: list[int] = []
        self._within_patience(partial(self._count, TRAINING_QUEUE, counts))
        return counts[0] if counts else None

    def _send_all(self, task: str, keys: Iterable[int]) -> tuple[int, ...]:
        sent: list[int] = []
        self._within_patience(partial(self._send, task, list(keys), sent, time.monotonic() + self._patience))
        return tuple(sent)

    def _send(self, task: str, keys: list[int], sent: list[int], deadline: float) -> None:
        with self._celery.connection_for_write() as connection, self._celery.amqp.Producer(connection) as producer:
            for key in keys:
                if time.monotonic() > deadline:
                    return
                self._celery.send_task(task, args=[key], producer=producer, retry=False)
                sent.append(key)

    def _send_tracking(self) -> None:
        waiting: list[int] = []
        self._count(TRACKING_QUEUE, waiting)
        if waiting == [0]:
            with self._celery.connection_for_write() as connection, self._celery.amqp.Producer(connection) as producer:
                self._celery.send_task(TRACK, producer=producer, retry=False)

    def _ping(self, answers: list[bool]) -> None:
        with self._celery.connection_for_write() as connection:
            answers.append(broker.answers(connection))

    def _count(self, queue: str, counts: list[int]) -> None:
        with self._celery.connection_for_write() as connection:
            counts.append(broker.waiting(connection, queue))

    def _within_patience(self, call: Any) -> None:
        """Run it in a thread that is left behind when it hangs: some of kombu's waits take no time-out.

        What such a thread still appends is lost on purpose: its messages count as not sent, and one that is sent
        twice does no harm.
        """
        thread = threading.Thread(target=_quietly, args=(call,), daemon=True, name="queue")
        thread.start()
        thread.join(self._patience)


def _quietly(call: Any) -> None:
    """Errors of the broker end the call; whatever else is wrong is shown by threading's own hook."""
    try:
        call()
    except (OperationalError, OSError, EOFError):
        return
    except Exception as error:
        if not type(error).__module__.startswith(("redis", "kombu", "amqp")):
            raise
