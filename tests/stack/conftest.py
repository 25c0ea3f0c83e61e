"""Stacks that are started as their users start them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backsweep import Client
from backsweep.errors import ServiceFailed, Unreachable
from tests.services.ports import free_port


class Started:
    """A `backsweep up` of its own: home, ports, what it printed."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home, self.port, self.mlflow_port = home, free_port(), free_port()
        self.output = home.with_suffix(".out")
        command = [sys.executable, "-m", "backsweep", "up", "--home", str(home), "--workers", "1"]
        command += ["--port", str(self.port), "--mlflow-port", str(self.mlflow_port), *options]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BACKSWEEP_")}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env=environment, start_new_session=True
            )
        self._seen: dict[int, psutil.Process] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def text(self) -> str:
        return self.output.read_text()

    def until_up(self, seconds: float = 400.0) -> None:
        deadline = time.monotonic() + seconds
        while "backsweep is up" not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.1)

    def until_it_trains(self) -> None:
        """Submit a sweep, as often as the API is away, and wait for its end."""
        client = Client(self.url, timeout=60, patience=400)
        parameters = {"dataset": {"value": "iris"}, "epochs": {"value": 2}}
        deadline = time.monotonic() + 400
        while True:
            try:
                sweep = client.submit({"method": "grid", "parameters": parameters})
                break
            except (Unreachable, ServiceFailed):
                assert time.monotonic() < deadline
                time.sleep(0.2)
        assert client.wait(sweep["id"])["state"] == "finished"

    def processes(self) -> list[psutil.Process]:
        """Every process it ever had, as far as seen."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            self._seen[process.pid] = process
        return list(self._seen.values())

    def child(self, name: str) -> psutil.Process:
        return next(each for each in self.processes() if _alive(each) and name in " ".join(each.cmdline()))

    def end(self, number: int, seconds: float = 120.0) -> int:
        """Send a signal to it alone, and wait."""
        self.processes()
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def left(self, seconds: float = 60.0) -> list[psutil.Process]:
        """Its processes that are still alive after a while."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            alive = [each for each in self._seen.values() if _alive(each)]
            if not alive:
                return []
            time.sleep(0.05)
        return alive


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def start_stack(tmp_path) -> Iterator:
    """Start as many as a test likes; none outlives the test."""
    started: list[Started] = []

    def start(name: str = "home", *options: str) -> Started:
        started.append(Started(tmp_path / name, *options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGTERM)
        assert each.left() == []
