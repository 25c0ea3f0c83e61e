"""The child processes of a stack: one process group, one log each, ended together.

A group of their own keeps Ctrl-C from reaching them before their turn, and lets nothing in it, grandchildren
included, outlive the stack: `stop` ends it, and the keeper does when this process is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backsweep.stack import keeper
from backsweep.stack.errors import ChildDied


@dataclass(frozen=True)
class Child:
    """A program of the stack; `log` has what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class ProcessGroup:
    """Children in the order they were started. `grace_seconds`: what they have to end by themselves."""

    def __init__(self, grace_seconds: float = 20.0) -> None:
        self._grace = grace_seconds
        self._children: list[Child] = []
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__], stdin=subprocess.PIPE, process_group=0
        )

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
        """Start one more; the log of its last run is kept beside it."""
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=log.parent,
                process_group=self._keeper.pid,
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def finish(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Run a command to its end, while watching the others; raises `ChildDied` unless it succeeds."""
        child = self.start(name, command, environment, log)
        self.forget(child)
        while child.process.poll() is None:
            self.check()
            time.sleep(0.05)
        if child.process.returncode != 0:
            raise ChildDied(name, _ending(child.process.returncode), log, _last_line(log))

    def forget(self, child: Child) -> None:
        """Let this child end when it likes; it stays in the group."""
        self._children.remove(child)

    def check(self) -> None:
        """Raise `ChildDied` when one has ended."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                raise ChildDied(child.name, _ending(status), child.log, _last_line(child.log))
        if self._keeper.poll() is not None:
            raise ChildDied("keeper", _ending(self._keeper.returncode), Path("/dev/null"), "")

    def stop(self) -> None:
        """Ask all to end, the first started last, for the others talk to it; kill what is left after the grace."""
        deadline = time.monotonic() + self._grace
        first, others = self._children[:1], self._children[1:]
        for children in (others, first):
            for child in children:
                child.process.terminate()
            for child in children:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._keeper.pid, signal.SIGKILL)
        for process in (self._keeper, *(child.process for child in self._children)):
            process.wait()
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        self._children.clear()


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_bytes()[-4000:].decode(errors="replace").split("\n")
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")
    return ""
