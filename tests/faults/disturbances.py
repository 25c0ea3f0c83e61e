"""What the nemesis may do to a stack: each function disturbs it, and has it whole again when it returns.

`draw` is the nemesis' own random generator. What dies is started again by the stack.
"""

from __future__ import annotations

import random
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
from sqlalchemy import select, update

from results.tables.trials import checkpoints
from tests.faults.stack import WORKERS, Stack
from tests.services.brokers import RedisServer
from worker.failpoints import POINTS

Disturbance = Callable[[Stack, random.Random], None]
PAUSE = 3.0  # seconds for what lasts


def a_trainer_is_killed(stack: Stack, draw: random.Random) -> None:
    stack.kill_trainer(draw.choice(WORKERS))


def a_failpoint_is_armed(stack: Stack, draw: random.Random) -> None:
    """Whoever reaches it next dies: a trainer, the scheduler, or the API in a submission."""
    (stack.failpoints / draw.choice(POINTS)).touch()


def an_api_dies_in_a_submission(stack: Stack, draw: random.Random) -> None:
    (stack.failpoints / draw.choice([point for point in POINTS if point.startswith("submission")])).touch()


def a_worker_is_killed(stack: Stack, draw: random.Random) -> None:
    stack.kill(draw.choice(WORKERS))


def the_scheduler_is_killed(stack: Stack, draw: random.Random) -> None:
    stack.kill("beat")


def the_tracker_is_killed(stack: Stack, draw: random.Random) -> None:
    stack.kill("track")


def everything_is_killed(stack: Stack, draw: random.Random) -> None:
    stack.broker.stop()
    stack.kill("api", "beat", "track", *WORKERS)
    stack.broker.start()


def a_worker_is_frozen_beyond_its_lease(stack: Stack, draw: random.Random) -> None:
    name = draw.choice(WORKERS)
    stack.signal(name, signal.SIGSTOP)
    time.sleep(1.5 * stack.settings.lease_seconds)
    stack.signal(name, signal.SIGCONT)


def the_broker_is_emptied(stack: Stack, draw: random.Random) -> None:
    stack.broker.flush()


def the_broker_is_gone(stack: Stack, draw: random.Random) -> None:
    stack.broker.stop()
    time.sleep(draw.uniform(0, PAUSE))
    stack.broker.start()


def redis_is_frozen(stack: Stack, draw: random.Random) -> None:
    assert isinstance(stack.broker, RedisServer)
    stack.broker.freeze()
    time.sleep(draw.uniform(0, PAUSE))
    stack.broker.thaw()


def messages_are_dropped(stack: Stack, draw: random.Random) -> None:
    stack.broker.rewrite(lambda messages: [one for one in messages if draw.random() < 0.5])


def messages_come_twice(stack: Stack, draw: random.Random) -> None:
    stack.broker.rewrite(lambda messages: [one for one in messages for _ in range(2)])


def messages_are_shuffled(stack: Stack, draw: random.Random) -> None:
    stack.broker.rewrite(lambda messages: draw.sample(messages, len(messages)))


def a_bit_of_a_checkpoint_flips(stack: Stack, draw: random.Random) -> None:
    with stack.database.write() as connection:
        saved = connection.execute(
            select(checkpoints.c.trial_id, checkpoints.c.state).where(~checkpoints.c.final)
        ).all()
        for trial_id, state in draw.sample(saved, min(1, len(saved))):
            flipped = bytearray(state)
            flipped[draw.randrange(len(state))] ^= 1 << draw.randrange(8)
            mine = checkpoints.c.trial_id == trial_id
            connection.execute(update(checkpoints).where(mine).values(state=bytes(flipped)))
    stack.kill_trainer(draw.choice(WORKERS))  # so that one is read


def sqlite_is_locked(stack: Stack, draw: random.Random) -> None:
    _lock(stack.database.url, draw.uniform(0, PAUSE))


def mlflow_is_locked(stack: Stack, draw: random.Random) -> None:
    _lock(stack.settings.mlflow_tracking_uri, draw.uniform(0, PAUSE))


def the_disk_is_full(stack: Stack, draw: random.Random) -> None:
    """For the workers' processes: no file of theirs may grow."""
    for name in WORKERS:
        _limit(stack.processes(name), 1)
    time.sleep(PAUSE)
    for name in WORKERS:
        _limit(stack.processes(name), resource.RLIM_INFINITY)


EVERYWHERE: tuple[Disturbance, ...] = (
    a_trainer_is_killed,
    a_failpoint_is_armed,
    an_api_dies_in_a_submission,
    a_worker_is_killed,
    the_scheduler_is_killed,
    the_tracker_is_killed,
    everything_is_killed,
    a_worker_is_frozen_beyond_its_lease,
    the_broker_is_emptied,
    the_broker_is_gone,
    messages_are_dropped,
    messages_come_twice,
    messages_are_shuffled,
    a_bit_of_a_checkpoint_flips,
)
ON_REDIS: tuple[Disturbance, ...] = (redis_is_frozen,)
ON_SQLITE: tuple[Disturbance, ...] = (sqlite_is_locked, the_disk_is_full)
QUICK: tuple[Disturbance, ...] = (
    a_trainer_is_killed,
    a_failpoint_is_armed,
    an_api_dies_in_a_submission,
    the_broker_is_emptied,
    messages_come_twice,
    messages_are_shuffled,
    a_bit_of_a_checkpoint_flips,
    mlflow_is_locked,
)


def _lock(url: str, seconds: float) -> None:
    connection = sqlite3.connect(url.partition(":///")[2], timeout=120, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    connection.execute("ROLLBACK")
    connection.close()


def _limit(processes: list[psutil.Process], size: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
