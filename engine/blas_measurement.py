"""Measures which BLAS kernel is fastest here, each in a child process of its own, in turns. Called by `blas`.

A kernel that crashes its child, or that this build of BLAS does not have, drops out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from pathlib import Path
from statistics import median
from threading import Timer

_ROUNDS = 9
_PATIENCE_SECONDS = 30.0
# Another kernel must be this much faster than the default: noise must not decide which bits a host computes.
_WORTH = 0.95


@dataclass
class _Child:
    """One kernel's process and its timings: rounds of seconds per shape. `kernel` is the one really in use."""

    process: subprocess.Popen[str]
    kernel: str = ""
    rounds: list[list[float]] = field(default_factory=list)
    broken: bool = False

    def run_round(self) -> None:
        """Asks for one round of timings; a dead child is marked broken."""
        try:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            self.broken = True
            return
        self.kernel = answer["kernel"]
        self.rounds.append(answer["seconds"])


def fastest(candidates: Sequence[str], environment: Mapping[str, str]) -> str:
    """The fastest of BLAS's own choice and the candidates, by name; "" where nothing can be measured.

    `environment`: what the children get besides this process's own (the thread counts).
    """
    children = [_start(kernel, environment) for kernel in ("", *candidates)]
    watchdog = Timer(_PATIENCE_SECONDS, _kill, [children])
    watchdog.start()
    try:
        for _ in range(_ROUNDS):
            for child in children:
                if not child.broken:
                    child.run_round()
    finally:
        watchdog.cancel()
        _kill(children)
        for child in children:
            child.process.communicate()
    default, *others = children
    if default.broken:
        return ""
    usable = {child.kernel: child for child in others if not child.broken and child.kernel}
    usable.pop(default.kernel, None)
    times = {kernel: _relative(child.rounds, default.rounds) for kernel, child in usable.items()}
    best = min(times, key=lambda kernel: times[kernel], default=default.kernel)
    return best if times.get(best, 1.0) < _WORTH else default.kernel


def name_in_child() -> str:
    """The BLAS that NumPy loads, as a child process sees it; "" where that fails."""
    child = _start("", {})
    try:
        answer, _ = child.process.communicate("\n", timeout=_PATIENCE_SECONDS)
        return str(json.loads(answer)["blas"])
    except (subprocess.TimeoutExpired, ValueError, LookupError):
        return ""
    finally:
        child.process.kill()
        child.process.wait()


def _start(kernel: str, environment: Mapping[str, str]) -> _Child:
    variables = {**os.environ, **environment}
    variables.pop("OPENBLAS_CORETYPE", None)
    if kernel:
        variables["OPENBLAS_CORETYPE"] = kernel
    program = Path(__file__).with_name("blas_trial.py")
    return _Child(
        subprocess.Popen(
            # -P: the program's own folder must not shadow modules of the standard library.
            [sys.executable, "-P", str(program)],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    )


def _kill(children: Sequence[_Child]) -> None:
    for child in children:
        child.process.kill()


def _relative(rounds: list[list[float]], reference: list[list[float]]) -> float:
    """Geometric mean over the shapes of the ratio of median times."""
    pairs = zip(zip(*rounds, strict=True), zip(*reference, strict=True), strict=True)
    ratios = [median(times) / median(references) for times, references in pairs]
    return exp(sum(log(ratio) for ratio in ratios) / len(ratios))
