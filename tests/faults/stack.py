"""The whole service as processes, to be disturbed: API, two workers, scheduler, tracker. Who dies is started again.

Broker and databases belong to the tests. All settings are short; leases run out within seconds.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import psutil

from backsweep import BacksweepError, Client
from backsweep.stack import services
from backsweep.stack.group import Child
from backsweep.stack.options import StackOptions
from results.database import Database
from settings import Settings
from tests.faults.deployment import Deployment
from tests.services.brokers import Broker
from tests.services.ports import free_port

WORKERS = ("train-1", "train-2")
SHORT = {"lease_seconds": 6.0, "flush_seconds": 0.1, "checkpoint_seconds": 0.3, "max_attempts": 1000}
SHORT |= {"recovery_seconds": 0.4, "resend_seconds": 1.0, "tracking_seconds": 0.5}


class Stack(Deployment):
    """`settings.failpoints` names the directory in which points are armed, for whoever reaches them."""

    def __init__(self, settings: Settings, database: Database, logs: Path, broker: Broker) -> None:
        super().__init__(settings, database, logs)
        self.broker, self.failpoints = broker, Path(settings.failpoints)
        self._options = StackOptions(port=free_port())
        self._children: dict[str, Child] = {}
        for name in ("api", "beat", "track", *WORKERS):
            self._start(name)
        self.client = Client(self._options.api_url, timeout=60, patience=400)
        self.until(self.answers)

    def answers(self) -> bool:
        """Whether the API does."""
        with suppress(BacksweepError):
            return bool(list(self.client.sweeps()) or True)
        return False

    def kill(self, *names: str) -> None:
        """Kill these programs with all their processes, at once; they are started again when they are next missed."""
        found = [psutil.Process(self._children[name].process.pid) for name in names]
        for process in [one for main in found for one in (main, *main.children(recursive=True))]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for name in names:
            self._children[name].process.wait()

    def kill_trainer(self, name: str) -> None:
        """Kill the pool process of a worker, if it has one at this moment."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self._children[name].process.pid).children():
                process.kill()

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program's processes."""
        main = psutil.Process(self._children[name].process.pid)
        for process in (main, *main.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def processes(self, name: str) -> list[psutil.Process]:
        """Main and pool process."""
        main = psutil.Process(self._children[name].process.pid)
        return [main, *main.children()]

    def disarm(self) -> None:
        """No failpoint is armed any more."""
        for path in self.failpoints.iterdir():
            path.unlink(missing_ok=True)

    def check(self) -> None:
        """Start again whatever has died, as Compose does."""
        for name, child in list(self._children.items()):
            if child.process.poll() is not None:
                self.group.forget(child)
                self._start(name)

    def _start(self, name: str) -> None:
        role = name.partition("-")[0]
        command = services.worker(role, *(("--concurrency", "1") if role == "train" else ()))
        if role == "api":
            command = services.api(self._options)
        log = self.logs / f"{name}.log"
        self._children[name] = self.group.start(name, command, services.environment(self.settings), log)
