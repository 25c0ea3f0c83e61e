"""The folder and Redis as brokers, beside each other: `python -m benchmarks.brokers [--rounds 3] [--write]`.

A real worker, configured as ours are and with one process, takes messages of a task that notes when it began. In turns:
how long a single message waits, what the worker costs while nothing comes, how long 1, 100 and 2,000 messages take
from the first send to the last start. Then, without a worker, what one of n waiting messages costs in the folder.
`--write` puts the figures into docs/durability.md.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil
from celery import Celery
from kombu import Connection

from benchmarks.sections import replace_section
from settings import Settings
from tests.services.brokers import Broker, RedisServer, running_broker
from worker import broker as brokers
from worker.app import create_app
from worker.queue import TRAINING_QUEUE

PAGE, HEADING = Path("docs/durability.md"), "## Brokers beside each other"
KINDS = ("folder", "redis")
COUNTS = (1, 100, 2000)
WAITING = (10_000, 40_000)
SINGLE_MESSAGES, IDLE_SECONDS = 200, 15.0
TASK = "benchmarks.note"
Figures = dict[str, list[float]]


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.brokers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    measured: dict[str, Figures] = {kind: {} for kind in KINDS}
    for _ in range(options.rounds):
        for kind in KINDS:
            with running_broker(kind) as broker:
                _measure(broker, measured[kind])
    text = f"{_table(measured)}\n\n{_scaling()}"
    print(text)
    if options.write:
        replace_section(PAGE, HEADING, _page(text, options.rounds))


def _measure(broker: Broker, figures: Figures) -> None:
    with tempfile.TemporaryDirectory() as folder, _worker(broker, Path(folder) / "notes") as (process, notes):
        app = _app(broker.url)
        _send(app, 1)
        _await(notes, 1)  # loaded and connected
        figures.setdefault("idle", []).append(_idle_share(process, broker))
        figures.setdefault("waits", []).extend(_waits(app, notes))
        for count in COUNTS:
            began, before = time.monotonic(), _count(notes)
            _send(app, count)
            _await(notes, before + count)
            figures.setdefault(f"{count} messages", []).append(time.monotonic() - began)


def _waits(app: Celery, notes: Path) -> list[float]:
    """Seconds from the send of a single message to the start of its task."""
    draw, before = random.Random(0), _count(notes)
    for _ in range(SINGLE_MESSAGES):
        _send(app, 1)
        time.sleep(draw.uniform(0.05, 0.2))
    _await(notes, before + SINGLE_MESSAGES)
    lines = notes.read_text().split()[before : before + SINGLE_MESSAGES]
    return [float(line) for line in lines]


def _idle_share(worker: subprocess.Popen[bytes], broker: Broker) -> float:
    """Percent of a core that the worker, its pool process and the broker's own take while no message comes."""
    main = psutil.Process(worker.pid)
    processes = [main, *main.children(recursive=True)]
    if isinstance(broker, RedisServer):
        processes.append(psutil.Process(broker.pid))
    before = sum(_processor_seconds(process) for process in processes)
    time.sleep(IDLE_SECONDS)
    return 100 * (sum(_processor_seconds(process) for process in processes) - before) / IDLE_SECONDS


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _scaling() -> str:
    """What sending and taking one of n messages costs in the folder, in microseconds."""
    costs = []
    for count in WAITING:
        with tempfile.TemporaryDirectory() as folder:
            options = {"folder": folder}
            with Connection(f"{brokers.SCHEME}://", transport_options=options) as connection:
                channel: Any = connection.default_channel
                began = time.monotonic()
                for number in range(count):
                    channel._put("n", {"number": number, "padding": "x" * 500})
                for _ in range(count):
                    channel._get("n")
                costs.append(1e6 * (time.monotonic() - began) / count)
    parts = [f"{cost:.0f} us at {count:,} waiting" for cost, count in zip(costs, WAITING, strict=True)]
    return f"One message put into the folder and taken out of it: {', '.join(parts)}."


def _table(measured: dict[str, Figures]) -> str:
    rows = ["| | folder | Redis |", "|---|---|---|"]
    single = {kind: quantiles([1000 * wait for wait in measured[kind]["waits"]], n=100) for kind in KINDS}
    rows.append(_row("a single message waits, p50", [f"{single[kind][49]:.0f} ms" for kind in KINDS]))
    rows.append(_row("p99", [f"{single[kind][98]:.0f} ms" for kind in KINDS]))
    rows.append(_row("idle, of a core", [f"{median(measured[kind]['idle']):.1f} %" for kind in KINDS]))
    for count in COUNTS:
        name = f"{count} messages"
        cells = [f"{median(measured[kind][name]):.2f} s" for kind in KINDS]
        rows.append(_row(f"{count:,} message{'s' if count > 1 else ''}, sent and begun", cells))
    return "\n".join(rows)


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _page(text: str, rounds: int) -> str:
    return f"""`python -m benchmarks.brokers --write`: a real worker with one process, {rounds} rounds in turns; medians
over the rounds, waits over all {rounds * SINGLE_MESSAGES} messages. Idle: the worker's processes and Redis.

{text}"""


def _app(url: str, notes: str = "") -> Celery:
    """Our workers' application, with the task that notes how long its message has waited."""
    app = create_app(Settings(broker_url=url))

    def note(sent: float) -> None:
        with open(notes, "a") as file:
            file.write(f"{time.monotonic() - sent}\n")

    app.task(note, name=TASK)
    return app


def _send(app: Celery, count: int) -> None:
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        for _ in range(count):
            app.send_task(TASK, args=[time.monotonic()], queue=TRAINING_QUEUE, producer=producer)


@contextmanager
def _worker(broker: Broker, notes: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    notes.touch()
    command = [sys.executable, "-c", "import sys; from benchmarks.brokers import work; work(*sys.argv[1:])"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, broker.url, str(notes)], **quiet)
    try:
        yield process, notes
    finally:
        process.terminate()
        process.wait()


def work(url: str, notes: str) -> None:
    """Be the worker."""
    options = ["--queues", TRAINING_QUEUE, "--pool", "prefork", "--concurrency", "1", "--loglevel", "ERROR"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    _app(url, notes).worker_main(["worker", *options, *quiet])


def _count(notes: Path) -> int:
    return notes.read_bytes().count(b"\n")


def _await(notes: Path, count: int) -> None:
    deadline = time.monotonic() + 300
    while _count(notes) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{_count(notes)} of {count} messages were taken")
        time.sleep(0.005)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
