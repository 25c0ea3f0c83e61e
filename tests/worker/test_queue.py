import subprocess
import sys
import time
from functools import partial

import pytest

from tests.services.brokers import bodies, waiting_job_ids
from tests.services.waiting import eventually
from worker.queue import TRACKING_QUEUE, TRAINING_QUEUE, Queue


def test_sending_never_loads_the_trainer_nor_numpy():
    heavy = ("numpy", "engine.training", "worker.tasks")
    code = f"import sys, worker.queue; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], timeout=400).returncode == 0


def test_one_message_per_job_is_sent_in_order(broker):
    queue = Queue(broker.url, patience=60)
    assert queue.send_jobs([5, 3, 9]) == (5, 3, 9)
    assert queue.waiting() == 3
    assert waiting_job_ids(broker) == [5, 3, 9]


def test_messages_carry_the_job_number_and_nothing_else(broker):
    Queue(broker.url, patience=60).send_jobs([7])
    [message] = bodies(broker)
    assert message["body"] == [[7], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
    assert message["headers"]["task"] == "backsweep.train"
    assert message["headers"]["eta"] is None


def test_tracking_is_asked_for_once_however_often_nobody_comes_and_never_expires(broker):
    """Whether a message has expired would be judged by the taker's clock, which may be an hour ahead."""
    queue = Queue(broker.url, patience=60)
    for _ in range(3):
        queue.ask_for_tracking()
    [message] = bodies(broker, TRACKING_QUEUE)
    assert (message["headers"]["task"], message["headers"]["expires"]) == ("backsweep.track", None)


def given_up_in_time(call):
    began = time.monotonic()
    assert not call()
    return time.monotonic() - began < 4


def test_a_frozen_broker_costs_about_two_seconds_and_no_error(redis_server):
    queue = Queue(redis_server.url)
    eventually(queue.ping)
    redis_server.freeze()
    try:
        for call in (lambda: queue.send_jobs(range(100)), queue.ping, queue.waiting):
            assert eventually(partial(given_up_in_time, call))  # patience is 2 s; a stall may hit some attempts
    finally:
        redis_server.thaw()
    assert eventually(lambda: queue.send_jobs([1])) == (1,)


def test_a_frozen_broker_is_given_up_by_a_queue_that_never_reached_it_too(redis_server):
    redis_server.freeze()
    try:
        assert Queue(redis_server.url).send_jobs([1, 2]) == ()
    finally:
        redis_server.thaw()


def test_a_broker_that_is_gone_sends_nothing_and_one_that_is_back_serves_again(broker):
    queue = Queue(broker.url, patience=60)
    assert queue.send_jobs([1]) == (1,)
    broker.stop()
    assert queue.send_jobs([2]) == ()
    assert not queue.ping()
    assert queue.waiting() is None
    broker.start()
    assert queue.ping()
    assert queue.send_jobs([3]) == (3,)


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:1/0",
        "redis://no.such.host.invalid:6379/0",
        "redis+socket:///no/such",
        "folder:///proc/no/such",
    ],
)
def test_a_broker_that_does_not_exist_is_no_error(url):
    assert Queue(url).send_jobs([1]) == ()


def test_sending_stops_when_the_patience_is_over(broker):
    for patience in (0.3, 3.0, 30.0):  # a busy machine may need the first for its connection
        sent = Queue(broker.url, patience).send_jobs(range(1_000_000))
        if sent:
            break
    assert 0 < len(sent) < 1_000_000
    assert sent == tuple(range(len(sent)))


def test_the_name_of_the_queue_is_what_trainers_listen_to():
    from worker.program import ARGUMENTS

    assert TRAINING_QUEUE in ARGUMENTS["train"]
