"""A deployment of real worker processes, to kill, freeze and starve."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from sqlalchemy import func, select

from backsweep.stack import services
from backsweep.stack.group import Child, ProcessGroup
from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, jobs, trials
from settings import Settings


class Deployment:
    """Workers and scheduler as processes; everything is asked of the database, by polling with a deadline."""

    def __init__(self, settings: Settings, database: Database, logs: Path) -> None:
        self.settings, self.database, self.logs = settings, database, logs
        self.group = ProcessGroup(grace_seconds=0)  # what a test leaves running has nothing left to do

    def start(self, role: str, *options: str, name: str = "", environment: dict[str, str] | None = None) -> Child:
        log = self.logs / f"{name or role}.log"
        found = services.environment(self.settings) | (environment or {})
        return self.group.start(name or role, services.worker(role, *options), found, log)

    def finished(self, sweep_id: int, seconds: float = 400.0) -> dict:
        """Wait until the sweep has ended, and give its row."""
        return self.until(lambda: (row := self.sweep(sweep_id))["finished_at"] and row, seconds)

    def sweep(self, sweep_id: int) -> dict:
        return self.rows(select(sweeps).where(sweeps.c.id == sweep_id))[0]

    def job(self, job_id: int) -> dict:
        return self.rows(select(jobs).where(jobs.c.id == job_id))[0]

    def trials(self, sweep_id: int) -> list[dict]:
        return self.rows(select(trials).where(trials.c.sweep_id == sweep_id).order_by(trials.c.number))

    def recorded(self, sweep_id: int) -> int:
        asked = select(func.count()).select_from(epochs.join(trials)).where(trials.c.sweep_id == sweep_id)
        with self.database.read() as connection:
            return connection.scalar(asked)

    def curves(self, sweep_id: int) -> dict:
        """Every recorded number by trial number and epoch, as it is: nothing is rounded."""
        columns = [column for column in epochs.c if column.name not in ("trial_id", "epoch_seconds", "recorded_at")]
        asked = select(trials.c.number, *columns).join(trials).where(trials.c.sweep_id == sweep_id)
        with self.database.read() as connection:
            return {(row[0], row[1]): tuple(row[2:]) for row in connection.execute(asked)}

    def sweeps(self) -> list[dict]:
        return self.rows(select(sweeps))

    def everything_recorded(self) -> int:
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(epochs))

    def rows(self, asked) -> list[dict]:
        with self.database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(asked)]

    def until(self, look: Callable, seconds: float = 200.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            found = look()
            if found:
                return found
            time.sleep(0.02)
        logs = "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in self.logs.iterdir())
        raise TimeoutError(f"waited {seconds} s in vain\n{logs}")

    def check(self) -> None:
        """Raise when a process has died that was not meant to."""
        self.group.check()

    def training_process(self, worker: Child, job_id: int, attempt: int) -> psutil.Process:
        """The pool process that trains the job now: the worker has one."""
        self.until(lambda: (row := self.job(job_id))["state"] == "running" and row["attempt"] == attempt)
        [process] = self.until(lambda: psutil.Process(worker.process.pid).children())
        return process

    def freeze(self, worker: Child, signal_number: int = signal.SIGSTOP) -> None:
        process = psutil.Process(worker.process.pid)
        for each in (process, *process.children(recursive=True)):
            os.kill(each.pid, signal_number)

    def end(self, worker: Child, signal_number: int, seconds: float = 100.0) -> int:
        """Send the signal and wait until the worker has ended."""
        self.group.forget(worker)
        worker.process.send_signal(signal_number)
        return worker.process.wait(seconds)
