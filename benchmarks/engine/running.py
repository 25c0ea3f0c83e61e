"""Runs the cases that were asked for, one after the other, and gathers their figures. Called by `__main__`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib import metadata
from time import perf_counter
from typing import Any

from benchmarks.engine import peers, report
from benchmarks.engine.health import HealthCost, health_cost
from benchmarks.engine.measuring import Effort, Measurement, measure
from benchmarks.engine.problem import problem
from benchmarks.engine.workloads import TRIALS, WORKLOADS
from engine.blas import machine

_LIBRARIES = ("numpy", "torch", "jax", "scikit-learn")


@dataclass
class Result:
    """All figures of one run and what they depend on."""

    machine: dict[str, str | int | None]
    missing: dict[str, str]
    measurements: list[Measurement] = field(default_factory=list)
    health: list[HealthCost] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return asdict(self)

    def as_text(self) -> Iterator[str]:
        """Everything, as lines for people."""
        yield ", ".join(f"{key} {value}" for key, value in self.machine.items())
        yield from (f"skipped: {name} ({reason})" for name, reason in self.missing.items())
        yield from report.tables(self.measurements)
        yield from report.compilations(self.measurements)
        yield from report.health(self.health)
        busy = max((one.busy for one in self.measurements), default=0.0)
        yield f"\n{self.seconds:.0f} s; other programs took at most {100 * busy:.0f} % on top of a peer's own time"


def run(arguments: argparse.Namespace, core: int | None) -> Result:
    """Every case; says on standard error which one is running."""
    start = perf_counter()
    found, missing = peers.available(arguments.peer or ("",))
    result = Result({**machine(), "core": core, **_versions()}, missing)
    effort = Effort(arguments.rounds or (3 if arguments.quick else 7), 0.02 if arguments.quick else 0.1)
    works = arguments.work or ("updates", "evaluation")
    names = arguments.workload or list(WORKLOADS)
    for name in names:
        for trials in arguments.trials or ((1, 64) if arguments.quick else TRIALS):
            case = problem(WORKLOADS[name], trials)
            for work in works:
                print(f"{name}, {trials} trials, {work} ...", file=sys.stderr, flush=True)
                result.measurements += measure(case, found, work == "evaluation", effort)
        result.health.append(health_cost(problem(WORKLOADS[name], 64), effort))
    result.seconds = perf_counter() - start
    return result


def _versions() -> dict[str, str | int | None]:
    versions: dict[str, str | int | None] = {}
    for library in _LIBRARIES:
        try:
            versions[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return versions
