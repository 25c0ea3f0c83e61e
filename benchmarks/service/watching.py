"""What the service does to others while it works: how fast the API answers, how much memory each process takes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import psutil
import requests

PAUSE = 0.25  # seconds between questions: asking must not become the load


@dataclass
class Watch:
    """Asks the API again and again, and reads the memory of this process's descendants, until it is stopped."""

    address: str
    latencies: list[float] = field(default_factory=list)  # seconds
    memory: dict[str, list[int]] = field(default_factory=dict)  # command and process -> resident bytes over time
    processor: dict[str, list[float]] = field(default_factory=dict)  # likewise -> seconds of processor time so far
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._ask, self._weigh)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def quantile(self, share: float) -> float:
        """Of the latencies, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def growth(self) -> dict[str, int]:
        """Bytes by which each process that lived throughout grew, from a tenth of the time on to the end."""
        longest = max(map(len, self.memory.values()), default=0)
        return {
            name: max(found[len(found) // 10 :]) - found[len(found) // 10]
            for name, found in self.memory.items()
            if len(found) >= 0.8 * longest
        }

    def spent(self) -> dict[str, float]:
        """Seconds of processor time by program, its processes together."""
        spent: dict[str, float] = {}
        for name, found in self.processor.items():
            program = name.split()[0]
            spent[program] = spent.get(program, 0.0) + found[-1] - found[0]
        return spent

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._stopped.wait(PAUSE):
                began = time.perf_counter()
                session.get(self.address, timeout=60).raise_for_status()
                self.latencies.append(time.perf_counter() - began)

    def _weigh(self) -> None:
        while not self._stopped.wait(0.5):
            for process in psutil.Process().children(recursive=True):
                try:
                    name = f"{_name(process.cmdline())} {process.pid}"
                    self.memory.setdefault(name, []).append(process.memory_info().rss)
                    times = process.cpu_times()
                    self.processor.setdefault(name, []).append(times.user + times.system)
                except psutil.Error:
                    continue


def _name(command: list[str]) -> str:
    """The program of a stack that the command line starts."""
    line = " ".join(command)
    known = {"api.wsgi": "api", "redis": "redis", "program train": "train", "program track": "track"}
    known |= {"program beat": "beat", "mlflow": "mlflow"}
    return next((name for word, name in known.items() if word in line), "other")
