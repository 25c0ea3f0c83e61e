"""The broker of a stack: a private redis-server or valkey-server where one is on the PATH, else a folder in the home.

Redis listens on a unix socket that only this user can open. Neither keeps anything: the database is the truth. The
folder needs no program, is looked into every 50 ms, and serves one machine only.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backsweep.stack.errors import NoRedis
from backsweep.stack.home import Home
from worker.broker import folder_address, prepare_folder

_LONGEST_SOCKET_PATH = 100  # Linux takes 107 bytes, macOS 103
_PLAIN = re.compile(r"[A-Za-z0-9/_.-]+")  # characters that need no quoting in an address


@dataclass(frozen=True)
class Broker:
    """What serves messages, for the programs (`address`) and for people (`name`).

    `command` starts it, and `socket` exists once it listens; a folder has neither.
    """

    name: str
    address: str
    command: tuple[str, ...] = ()
    socket: Path | None = None


def redis_program() -> str | None:
    """The path of a redis-server, or of a valkey-server, on the PATH."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def choose(kind: str) -> str | None:
    """The program that will serve, or None for the folder.

    Args:
        kind: "redis", "folder", or "auto": Redis where it is on the PATH.

    Raises:
        NoRedis: Redis is asked for and there is none.
    """
    program = None if kind == "folder" else redis_program()
    if kind == "redis" and program is None:
        raise NoRedis
    return program


@contextmanager
def prepared(kind: str, home: Home) -> Iterator[Broker]:
    """The broker of a stack in this home, empty; raises `NoRedis`, and OSError where the home cannot be written."""
    program = choose(kind)
    if program is None:
        prepare_folder(home.broker)
        try:
            yield Broker(f"a folder, {home.broker}", folder_address(home.broker))
        finally:
            shutil.rmtree(home.broker, ignore_errors=True)
        return
    with _socket(home.path) as socket:
        yield Broker(program, f"redis+socket://{socket}", _redis_command(program, socket), socket)


@contextmanager
def _socket(home: Path) -> Iterator[Path]:
    """Where Redis listens: in the home, or in a temporary directory where the home's path is long or unusual."""
    path = home / "redis.sock"
    if len(bytes(path)) <= _LONGEST_SOCKET_PATH and _PLAIN.fullmatch(str(path)):
        path.unlink(missing_ok=True)
        yield path
    else:
        with tempfile.TemporaryDirectory(prefix="backsweep-", dir="/tmp", ignore_cleanup_errors=True) as directory:
            yield Path(directory) / "redis.sock"


def _redis_command(program: str, socket: Path) -> tuple[str, ...]:
    """How Redis is started; its log goes to the standard output."""
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
    return (program, *(part for name, value in options.items() for part in (f"--{name}", value)))
