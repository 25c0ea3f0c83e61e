"""Real brokers for the tests: a redis-server from the PATH, and a folder. Both stop, start and forget at will."""

from __future__ import annotations

import base64
import json
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from backsweep.stack.broker import redis_program
from tests.services.missing import missing
from tests.services.ports import free_port
from worker.broker import folder_address, prepare_folder
from worker.queue import TRAINING_QUEUE

NO_REDIS = "there is no redis-server on the PATH (Debian, Ubuntu: apt install redis-server)"


class RedisServer:
    """A server on a loopback port that stays its own over `stop` and `start`; it keeps nothing on disk."""

    def __init__(self, executable: str) -> None:
        self._executable = executable
        self._directory = tempfile.mkdtemp(prefix="backsweep-redis-")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The running server's process, to freeze or kill it."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", self._directory]
        options += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        with Path(self._directory, "log").open("ab") as log:
            self._process = subprocess.Popen([self._executable, *options], stdout=log, stderr=log)
        self._await_answer(time.monotonic() + 120)

    def stop(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        """Forget everything, as a restart would."""
        with redis.Redis.from_url(self.url, socket_timeout=60) as client:
            client.flushall()

    def freeze(self) -> None:
        """Let it answer nobody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def messages(self, queue: str = TRAINING_QUEUE) -> list[bytes]:
        """Messages for trainers, or of another queue, that nobody has taken, first sent first."""
        with redis.Redis.from_url(self.url, socket_timeout=60) as client:
            return [bytes(message) for message in reversed(client.lrange(queue, 0, -1))]

    def rewrite(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        """Put others in the place of the waiting messages."""
        with redis.Redis.from_url(self.url, socket_timeout=60) as client:
            messages = client.lrange(TRAINING_QUEUE, 0, -1)
            with client.pipeline() as together:
                together.delete(TRAINING_QUEUE)
                for message in change(messages):
                    together.rpush(TRAINING_QUEUE, message)
                together.execute()

    def close(self) -> None:
        """Stop it and remove its directory."""
        self.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _await_answer(self, deadline: float) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    if time.monotonic() > deadline or self._process is None or self._process.poll() is not None:
                        self.stop()
                        raise RuntimeError(Path(self._directory, "log").read_text()) from None
                    time.sleep(0.02)


class FolderBroker:
    """A folder; while it is stopped, a file lies in its place, so that nothing can be written or read."""

    def __init__(self) -> None:
        self._parent = Path(tempfile.mkdtemp(prefix="backsweep-broker-"))
        self._folder = self._parent / "broker"
        prepare_folder(self._folder)

    @property
    def url(self) -> str:
        """Its address."""
        return folder_address(self._folder)

    def start(self) -> None:
        """Let it be a folder, empty, as a restarted Redis is."""
        self._folder.unlink(missing_ok=True)
        prepare_folder(self._folder)

    def stop(self) -> None:
        """Put a file in its place."""
        self.flush()
        self._folder.touch()

    def flush(self) -> None:
        """Delete it, whoever writes to it."""
        while self._folder.is_dir():
            shutil.rmtree(self._folder, ignore_errors=True)

    def messages(self, queue: str = TRAINING_QUEUE) -> list[bytes]:
        """Messages for trainers, or of another queue, that nobody has taken, first sent first."""
        return [path.read_bytes() for path in self._waiting(queue)]

    def rewrite(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        """Put others in the place of the waiting messages."""
        messages = []
        for path in self._waiting():
            try:
                messages.append(path.read_bytes())
                path.unlink()
            except FileNotFoundError:  # a worker was faster
                continue
        for number, message in enumerate(change(messages)):
            new = self._parent / f"{number}"
            new.write_bytes(message)
            (self._folder / TRAINING_QUEUE).mkdir(parents=True, exist_ok=True)
            new.rename(self._folder / TRAINING_QUEUE / f"{time.monotonic_ns():020d}-{number}")

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self._parent, ignore_errors=True)

    def _waiting(self, queue: str = TRAINING_QUEUE) -> list[Path]:
        folder = self._folder / queue
        return sorted(folder.iterdir()) if folder.is_dir() else []


Broker = RedisServer | FolderBroker


@contextmanager
def running_broker(kind: str) -> Iterator[Broker]:
    """A broker of this kind, "redis" or "folder"; without a redis-server the test is skipped, and fails in CI."""
    broker: Broker
    if kind == "folder":
        broker = FolderBroker()
    else:
        program = redis_program()
        if program is None:
            missing(NO_REDIS)
        broker = RedisServer(program)
        broker.start()
    try:
        yield broker
    finally:
        broker.close()


def bodies(broker: Broker, queue: str = TRAINING_QUEUE) -> list[dict[str, Any]]:
    """The waiting messages, first sent first, bodies decoded."""
    messages = [json.loads(message) for message in broker.messages(queue)]
    for message in messages:
        message["body"] = json.loads(base64.b64decode(message["body"]))
    return messages


def waiting_job_ids(broker: Broker) -> list[int]:
    """The jobs of the waiting messages, first sent first."""
    return [message["body"][0][0] for message in bodies(broker)]
