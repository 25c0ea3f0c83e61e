"""The engine alone: the same jobs on as many processes, no database, no queue, no tracking.

`seconds` starts processes of `python -m benchmarks.service.bare`, each with the worker's own environment (one thread,
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
from typing import Any

from engine.blas import choose_kernel, kernel_environment
from settings import from_environment


def seconds(document: dict[str, Any], processes: int) -> float:
    """Wall time from the first epoch to the last, in seconds."""
    settings = from_environment()
    kernel = choose_kernel(settings.cache() / "blas-kernel.json", settings.blas_kernel)
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
        _serve(children, waiting)
        return time.perf_counter() - began


def _serve(children: list[Any], waiting: list[int]) -> None:
    """Whoever has done a job gets the next one, until all have done theirs."""
    import selectors

    with selectors.DefaultSelector() as selector:
        for child in children:
            selector.register(child.stdout, selectors.EVENT_READ, child)
        open_ones = len(children)
        while open_ones:
            for key, _ in selector.select():
                if not key.data.stdout.readline():
                    raise RuntimeError("a process of the bare engine died")
                if not _give(key.data, waiting):
                    selector.unregister(key.data.stdout)
                    open_ones -= 1


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
    """A process: says how many jobs there are, then trains those it is told."""
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
        training = Training([one.trial for one in planned.jobs[int(line)].trials], data)
        for _ in training.epochs():
            pass
        print("done", flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
