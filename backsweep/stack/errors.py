"""Errors of the embedded stack; each message is one line: what is wrong, and the mend."""

from __future__ import annotations

from pathlib import Path

from backsweep.errors import BacksweepError


class StackError(BacksweepError):
    """Base: a stack that cannot start or go on."""


class HomeUnusable(StackError):
    """The home directory cannot hold this stack."""


class NotOnWindows(StackError):
    """The embedded stack needs what Windows does not have."""

    def __init__(self) -> None:
        super().__init__(
            "the embedded stack needs Linux or macOS (process groups, file locks); on Windows run it in WSL, or "
            "`docker compose up`: client and command line work with either"
        )


class PortTaken(StackError):
    """Something else listens on a port this stack needs.

    Attributes: `host` and `port`, and the `option` that names another.
    """

    def __init__(self, host: str, port: int, option: str, reason: str) -> None:
        self.host, self.port, self.option = host, port, option
        super().__init__(f"port {port} on {host} cannot be used ({reason}); name another with {option}")


class DatabaseRefused(StackError):
    """The results database cannot be brought up to date; the message is the database's."""


class NoRedis(StackError):
    """Redis was asked for, and no redis-server is to be found."""

    def __init__(self) -> None:
        super().__init__(
            "no redis-server was found; put redis-server or valkey-server on the PATH (Debian, Ubuntu: "
            "apt install redis-server; macOS: brew install redis), or leave --broker out: a folder then serves"
        )


class NoSharedMemory(StackError):
    """The machine lets this account make no locks that processes share."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the workers' processes cannot share locks, which are files in /dev/shm on Linux ({reason}); "
            "let every account write there: mount -t tmpfs -o mode=1777 tmpfs /dev/shm"
        )


class ChildDied(StackError):
    """A program of the stack ended by itself.

    Attributes: its `name`, how it `ended`, the path of its `log`, what it `said` last.
    """

    def __init__(self, name: str, ended: str, log: Path, last_line: str) -> None:
        self.name, self.ended, self.log, self.said = name, ended, log, last_line
        said = f" (its last line: {last_line})" if last_line else ""
        super().__init__(
            f"{name} {ended}, so the stack stops; see {log}{said}, then start again: nothing stored is lost"
        )


class NotReady(StackError):
    """A program of the stack runs but does not serve in time."""

    def __init__(self, name: str, address: str, seconds: float, reason: str, log: Path) -> None:
        super().__init__(
            f"{name} did not serve {address} within {seconds:.0f} s ({reason}); see {log}, then start again"
        )
