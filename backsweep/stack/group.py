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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from backsweep.stack import keeper
from backsweep.stack.errors import ChildDied

MOST_DEATHS, WITHIN_SECONDS = 5, 120.0  # a child that dies so often in so short a time ends the stack
LONGEST_PAUSE = 8.0  # seconds before a child is started again; the first time it is one, then twice the last


@dataclass
class Child:
    """A program of the stack.

    Attributes:
        log: What it prints.
        deaths: When it died, by the monotonic clock, as far as `WITHIN_SECONDS` ago.
        due: When a dead one is to be started again.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    deaths: list[float] = field(default_factory=list)
    due: float | None = None


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

        def start() -> subprocess.Popen[bytes]:
            _keep(log)
            with log.open("wb") as output:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(environment),
                    cwd=log.parent,
                    process_group=self._keeper.pid,
                )

        child = Child(name, start(), log, start)
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
        self._check_keeper()

    def _check_keeper(self) -> None:
        if self._keeper.poll() is not None:
            raise ChildDied("keeper", _ending(self._keeper.returncode), Path("/dev/null"), "")

    def restart_dead(self, say: Callable[[str], None]) -> None:
        """Start children again that have died, each a while after its death; to be called again and again.

        Args:
            say: Gets a line for each death.

        Raises:
            ChildDied: One has died `MOST_DEATHS` times within `WITHIN_SECONDS`, or the keeper has.
        """
        now = time.monotonic()
        for child in self._children:
            status = child.process.poll()
            if status is not None and child.due is None:
                self._schedule_restart(child, _ending(status), now, say)
            elif child.due is not None and now >= child.due:
                try:
                    child.process, child.due = child.start(), None
                except OSError as error:
                    raise ChildDied(child.name, f"cannot be started again: {error}", child.log, "") from error
        self._check_keeper()

    def _schedule_restart(self, child: Child, ended: str, now: float, say: Callable[[str], None]) -> None:
        """Keep its log, whose path is said now, and let it start again after a pause."""
        child.deaths = [*(death for death in child.deaths if now - death < WITHIN_SECONDS), now]
        said = _last_line(child.log)
        if len(child.deaths) >= MOST_DEATHS:
            often = f"{ended}, {MOST_DEATHS} times in {now - child.deaths[0]:.0f} s"
            raise ChildDied(child.name, often, child.log, said)
        pause = min(2.0 ** (len(child.deaths) - 1), LONGEST_PAUSE)
        child.due = now + pause
        kept = _keep(child.log)
        say(f"{child.name} {ended} and is started again in {pause:.0f} s; see {kept}" + (f" ({said})" if said else ""))

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


def _keep(log: Path) -> Path:
    """Move the log of a run that is over beside the next one's; where it then is."""
    kept = log.with_suffix(".previous.log")
    with suppress(FileNotFoundError):
        log.replace(kept)
    return kept


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_bytes()[-4000:].decode(errors="replace").split("\n")
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")
    return ""
