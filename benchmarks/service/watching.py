"""What the service does to others while it works: how fast the API answers, what memory and time each program takes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import psutil
import requests

from benchmarks.service.weighing import Program, Weights, machine_seconds, name_of, resident, together

PAUSE = 0.25  # seconds between questions: asking must not become the load
OURS = "benchmark"  # this process, which asks


class Watch:
    """Asks the API again and again (no address: it does not), and weighs processes, until it is stopped.

    Weighed are this process, its descendants, and the processes `roots` with theirs. Raises at its end what a question
    raised.
    """

    def __init__(self, address: str = "", roots: tuple[int, ...] = ()) -> None:
        self._address, self._roots = address, roots
        self._latencies: list[float] = []  # seconds
        self._weights: dict[tuple[str, int], Weights] = {}  # by program and process
        self._looks = 0
        self._stopped = threading.Event()
        self._failure: requests.RequestException | None = None

    def __enter__(self) -> Watch:
        self._before = self._after = machine_seconds()
        self._look()
        work = (self._ask, self._weigh) if self._address else (self._weigh,)
        self._threads = [threading.Thread(target=one, daemon=True) for one in work]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._look()
        self._after = machine_seconds()
        if self._failure is not None:
            raise self._failure

    def quantile(self, share: float) -> float:
        """Of the latencies, in seconds."""
        ordered = sorted(self._latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def programs(self) -> dict[str, Program]:
        """What each program took."""
        by_name: dict[str, list[Weights]] = {}
        for (name, _), weights in self._weights.items():
            by_name.setdefault(name, []).append(weights)
        return {name: together(found, self._looks) for name, found in by_name.items()}

    def others(self) -> float:
        """The share of this machine's processor time that programs took which are not watched."""
        busy, everything = (after - before for after, before in zip(self._after, self._before, strict=True))
        ours = sum(one.spent() for one in self._weights.values())
        return max(0.0, busy - ours) / everything if everything else float("nan")

    def _ask(self) -> None:
        with requests.Session() as session:
            while self._failure is None and not self._stopped.wait(PAUSE):
                began = time.perf_counter()
                try:
                    session.get(self._address, timeout=60).raise_for_status()
                except requests.RequestException as error:
                    self._failure = error
                self._latencies.append(time.perf_counter() - began)

    def _weigh(self) -> None:
        while not self._stopped.wait(0.5):
            self._look()

    def _look(self) -> None:
        for process in self._processes():
            try:
                name = OURS if process.pid == os.getpid() else name_of(process.cmdline())
                memory, times = resident(process, name), process.cpu_times()
            except psutil.Error:
                continue
            weights = self._weights.setdefault((name, process.pid), Weights(self._looks))
            weights.memory.append(memory)
            weights.seconds.append(times.user + times.system)
        self._looks += 1

    def _processes(self) -> Iterator[psutil.Process]:
        for root in (os.getpid(), *self._roots):
            yield psutil.Process(root)
            yield from psutil.Process(root).children(recursive=True)
