"""The engine alone: the same jobs on as many processes, no database, no queue, no tracking.

`alone` starts processes of `python -m benchmarks.service.bare`, each with the worker's own environment (one thread,
the chosen BLAS kernel); they load everything, wait for each other, and then take jobs from the longest on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.blas import choose_kernel, kernel_environment
from settings import from_environment


@dataclass(frozen=True)
class Alone:
    """From the first epoch to the last: wall time, and processor time of all processes, in seconds."""

    seconds: float
    processor: float


def alone(document: dict[str, Any], processes: int) -> Alone:
    """The engine's own time for the jobs of this sweep."""
    settings = from_environment()
    kernel = choose_kernel(settings.kernel_cache(), settings.blas_kernel)
    environment = os.environ | kernel_environment(kernel)
    command = [sys.executable, "-m", "benchmarks.service.bare", json.dumps(document)]
    with _children(command, environment, processes) as children:
        jobs = int(children[0].stdout.readline())  # it is ready
        for child in children[1:]:
            child.stdout.readline()
        waiting = list(range(jobs))
        began = time.perf_counter()
        for child in children:
            _give(child, waiting)
        processor = _serve(children, waiting)
        return Alone(time.perf_counter() - began, processor)


def _serve(children: list[Any], waiting: list[int]) -> float:
    """Whoever has done a job gets the next one, until all have done theirs; the processor seconds of all jobs."""
    import selectors

    with selectors.DefaultSelector() as selector:
        for child in children:
            selector.register(child.stdout, selectors.EVENT_READ, child)
        open_ones, processor = len(children), 0.0
        while open_ones:
            for key, _ in selector.select():
                answer = key.data.stdout.readline()
                if not answer:
                    raise RuntimeError("a process of the bare engine died")
                processor += float(answer)
                if not _give(key.data, waiting):
                    selector.unregister(key.data.stdout)
                    open_ones -= 1
    return processor


def _give(child: Any, waiting: list[int]) -> bool:
    if not waiting:
        return False
    child.stdin.write(f"{waiting.pop(0)}\n")
    child.stdin.flush()
    return True


@contextmanager
def _children(command: list[str], environment: dict[str, str], count: int) -> Iterator[list[Any]]:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    children: list[Any] = [subprocess.Popen(command, env=environment, **pipes) for _ in range(count)]
    try:
        yield children
    finally:
        for child in children:
            child.stdin.close()
            child.wait()


def main(document: dict[str, Any]) -> None:
    """A process: says how many jobs there are, then trains those it is told and says each one's processor seconds."""
    from engine.data.catalog import BUILT_IN
    from engine.data.loading import load
    from engine.data.splitting import split
    from engine.training import Training
    from sweeps.parsing.sweep import parse
    from sweeps.planning import plan
    from sweeps.seeds import split_seed

    spec = parse(document, BUILT_IN, 10**6)
    planned = plan(spec, BUILT_IN)
    shared = planned.configurations[0]
    data = split(
        load(shared.dataset), spec.validation_fraction, split_seed(spec.seed), shared.scaling, shared.precision
    )
    print(len(planned.jobs), flush=True)
    for line in sys.stdin:
        began = time.process_time()
        training = Training([one.trial for one in planned.jobs[int(line)].trials], data)
        for _ in training.epochs():
            pass
        print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
