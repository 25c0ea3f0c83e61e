"""The service that is killed: the real worker programs with one pool process each, and the real scheduler.

Each has a directory of its own for failpoints, so that it is known who dies. All settings are short: leases of some
seconds, flushes and checkpoints many times a second. Sweeps are stored and sent as the API does it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
from sqlalchemy import func, select

from backsweep.stack import services
from backsweep.stack.group import Child, ProcessGroup
from results.database import Database
from results.tables.trials import epochs, jobs, trials
from settings import Settings
from tests.services.set_clock import SettableClock

PATIENCE = 400.0  # seconds for what takes less than five
REACHED_WITHIN = 30.0


class Program:
    """A worker or scheduler that is started again when it was killed."""

    def __init__(
        self,
        group: ProcessGroup,
        settings: Settings,
        folder: Path,
        name: str,
        role: str,
        clock: SettableClock | None = None,
    ) -> None:
        self._clock = {} if clock is None else clock.environment
        self.failpoints = folder / name
        self.failpoints.mkdir()
        self.dead: set[tuple[int, int]] = set()  # job and attempt: what its killed processes held
        self._group, self._name, self._role = group, name, role
        self._settings = replace(settings, failpoints=str(self.failpoints))
        self._log = folder / f"{name}.log"
        self._child = self._start()

    @property
    def pid(self) -> int:
        """Its main process."""
        return self._child.process.pid

    def trainer(self) -> psutil.Process:
        """The pool process; waits for one where the last was killed."""
        for _ in _patiently(f"{self._name} has no pool process"):
            with suppress(psutil.NoSuchProcess):
                found = psutil.Process(self.pid).children()
                if found and found[0].status() != psutil.STATUS_ZOMBIE:
                    return found[0]
        raise AssertionError

    def restart(self) -> None:
        """Kill all of it and start it again."""
        self._group.forget(self._child)
        with suppress(psutil.NoSuchProcess):
            for process in (psutil.Process(self.pid), *psutil.Process(self.pid).children()):
                process.kill()
        self._child.process.wait()
        self._child = self._start()

    def has_died(self) -> None:
        """Wait until its main process has died by itself."""
        for _ in _patiently(f"{self._name} did not die"):
            if self._child.process.poll() is not None:
                return

    def _start(self) -> Child:
        options = ("--concurrency", "1") if self._role == "train" else ()
        command = services.worker(self._role, *options)
        environment = services.environment(self._settings) | self._clock
        return self._group.start(self._name, command, environment, self._log)


def held_job(database: Database, worker: Program) -> tuple[int, int, int] | None:
    """The job that this worker's living process holds, its attempt, and how many epochs of it are stored.

    Until their leases run out, rows still name this worker as the owner of what its killed processes held.
    """
    return next((row for row in _owned(database, worker) if row[:2] not in worker.dead), None)


def bury(database: Database, worker: Program) -> None:
    """Its pool process has died, and with it all that the worker holds."""
    worker.dead |= {row[:2] for row in _owned(database, worker)}


def _owned(database: Database, worker: Program) -> list[tuple[int, int, int]]:
    stored = select(func.count()).select_from(epochs.join(trials)).where(trials.c.job_id == jobs.c.id).scalar_subquery()
    mine = jobs.c.owner.contains(f" {worker.pid} ") & (jobs.c.state == "running")
    with database.read() as connection:
        rows = connection.execute(select(jobs.c.id, jobs.c.attempt, stored).where(mine)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def died(process: psutil.Process, armed: Path | None = None) -> bool:
    """Wait until it is dead; False where it has not reached the `armed` failpoint for long, which is disarmed then.

    On a slow machine writing takes so long that every flush is one with checkpoints: then some are not reached.
    """
    until = time.monotonic() + REACHED_WITHIN
    for _ in _patiently(f"process {process.pid} did not die"):
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                if armed is not None and time.monotonic() > until and armed.exists():
                    with suppress(FileNotFoundError):  # reached just now
                        armed.unlink()
                        return False
                continue
        return True
    raise AssertionError


def stop_and_look(process: psutil.Process, database: Database, worker: Program) -> tuple[int, int, int] | None:
    """Freeze the process and say what it holds; where it holds nothing it goes on."""
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGSTOP)
        held = held_job(database, worker)
        if held is not None:
            return held
        os.kill(process.pid, signal.SIGCONT)
    return None


def _patiently(complaint: str) -> Iterator[None]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        yield
        time.sleep(0.01)
    raise TimeoutError(complaint)
