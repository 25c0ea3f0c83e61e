"""Which broker a stack uses, and that it serves and keeps nothing whatever the home is called."""

import subprocess
from pathlib import Path

import pytest
import redis

from backsweep.stack import broker
from backsweep.stack.errors import NoRedis
from backsweep.stack.home import Home
from tests.services.brokers import NO_REDIS
from tests.services.missing import missing
from tests.services.waiting import eventually
from worker.queue import Queue

NAMES = ["plain", "with a space", "l" * 120, "100%", "what?", "a%20b", "n\N{LATIN SMALL LETTER E WITH ACUTE}"]


@pytest.mark.parametrize("program", ["redis-server", "valkey-server"])
def test_one_on_the_path_serves_unless_the_folder_is_asked_for(monkeypatch, tmp_path, program):
    own = tmp_path / program
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker.choose("auto") == broker.choose("redis") == str(own)
    assert broker.choose("folder") is None


def test_without_any_the_folder_serves_and_only_who_asks_for_redis_is_told_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    assert broker.choose("auto") is None
    with pytest.raises(NoRedis, match=r"apt install redis-server.*--broker") as raised:
        broker.choose("redis")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", NAMES)
def test_redis_serves_on_a_socket_whatever_the_home_is_called_and_keeps_nothing(tmp_path, name):
    if broker.redis_program() is None:
        missing(NO_REDIS)
    home = Home(tmp_path / name)
    home.path.mkdir()
    with broker.prepared("redis", home) as serving:
        process = subprocess.Popen(serving.command, stdout=subprocess.DEVNULL)
        try:
            queue = Queue(serving.address, patience=60)
            eventually(queue.ping)
            assert queue.send_jobs([1]) == (1,)
            client = redis.Redis(unix_socket_path=str(serving.socket), decode_responses=True, socket_timeout=60)
            configured = client.config_get("*")
            assert configured["save"] == ""
            assert configured["appendonly"] == "no"
            assert configured["maxmemory-policy"] == "noeviction"
            assert configured["port"] == "0"
            assert serving.socket.stat().st_mode & 0o077 == 0
        finally:
            process.terminate()
            process.wait()
    assert [entry.name for entry in home.path.iterdir() if entry.suffix in (".rdb", ".aof")] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_serves_whatever_the_home_is_called_and_is_gone_with_the_stack(tmp_path, name):
    home = Home(tmp_path / name)
    with broker.prepared("folder", home) as serving:
        queue = Queue(serving.address, patience=60)
        assert queue.ping()
        assert queue.send_jobs([1, 2]) == (1, 2)
        assert queue.waiting() == 2
        assert home.broker.stat().st_mode & 0o077 == 0
    assert not home.broker.exists()


def test_the_folder_is_gone_too_where_a_signal_ended_the_stack(tmp_path):
    home = Home(tmp_path)
    with pytest.raises(KeyboardInterrupt), broker.prepared("folder", home):
        raise KeyboardInterrupt
    assert not home.broker.exists()


def test_what_a_killed_stack_left_in_its_folder_wakes_nobody(tmp_path):
    home = Home(tmp_path)
    with broker.prepared("folder", home) as serving:
        Queue(serving.address, patience=60).send_jobs(range(100))
        with broker.prepared("folder", home) as next_stack:
            assert Queue(next_stack.address, patience=60).waiting() == 0


def test_two_stacks_in_two_homes_do_not_meet(tmp_path):
    with broker.prepared("folder", Home(tmp_path / "a")) as one, broker.prepared("folder", Home(tmp_path / "b")) as two:
        Queue(one.address, patience=60).send_jobs([1])
        assert Queue(two.address, patience=60).waiting() == 0


def test_a_socket_left_by_a_killed_stack_is_no_obstacle(tmp_path):
    if broker.redis_program() is None:
        missing(NO_REDIS)
    if len(bytes(tmp_path)) > 80:
        pytest.skip("the temporary directory's path is too long for a socket in it")
    (tmp_path / "redis.sock").touch()
    with broker.prepared("redis", Home(tmp_path)) as serving:
        assert serving.socket == Path(tmp_path / "redis.sock")
        assert not serving.socket.exists()
