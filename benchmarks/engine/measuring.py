"""Times all peers of one case in turns and takes medians of the times and of their ratios to ours.

Time is this process's CPU time over all threads. One thread computes, so on an idle core it equals the time on the
wall; on a busy machine it leaves out the turns of other programs. `busy` says how much that was.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median, quantiles
from time import perf_counter, process_time

import numpy as np

from benchmarks.engine.peers.base import Peer
from benchmarks.engine.problem import Problem


@dataclass(frozen=True)
class Effort:
    """`rounds` of turns, each peer at least `seconds` a turn."""

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Measurement:
    """One peer on one case. `microseconds` per trial and update; `ratio` is its time over ours, round by round.

    `trials_run`: fewer than `trials` for peers that train one network after the other. `first_seconds`: the first
    epoch, less a later one: what compilation costs.
    """

    workload: str
    trials: int
    work: str
    peer: str
    microseconds: Spread
    ratio: Spread
    trials_run: int
    epochs: int
    rounds: int
    first_seconds: float
    busy: float


@dataclass
class _Runner:
    """A peer with its turns so far: seconds per trial and update."""

    peer: Peer
    problem: Problem
    evaluate: bool
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(2))
    epochs: int = 1
    first_seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0

    def warm_up(self, seconds: float) -> None:
        """Compiles, touches memory, and settles how many epochs make a turn."""
        first = self._epochs(1)
        later = self._epochs(1)
        self.first_seconds = first - later
        self.epochs = max(1, min(2000, ceil(seconds / max(self._epochs(1), 1e-6))))

    def turn(self) -> None:
        seconds = self._epochs(self.epochs)
        self.times.append(seconds / (self.epochs * self.problem.trials * self.problem.workload.updates))

    def _epochs(self, count: int) -> float:
        run: Callable[..., object] = self.peer.update_and_evaluate if self.evaluate else self.peer.update
        wall, cpu = perf_counter(), process_time()
        for _ in range(count):
            run(self.problem.orders(self.random) if self.peer.takes_orders else None)
        cpu = process_time() - cpu
        self.cpu, self.wall = self.cpu + cpu, self.wall + perf_counter() - wall
        return cpu


def measure(problem: Problem, peers: Sequence[type[Peer]], evaluate: bool, effort: Effort) -> list[Measurement]:
    """Every peer on this case; the first of `peers` is what the ratios refer to."""
    runners = []
    for peer in peers:
        few = problem.first(min(problem.trials, peer.most_trials or problem.trials))
        runners.append(_Runner(peer(few), few, evaluate))
    for runner in runners:
        runner.warm_up(effort.seconds)
    gc.collect()
    gc.disable()
    for round_ in range(effort.rounds):
        # Everyone goes first and last in turn, so that a slow drift of the machine favours nobody.
        for place in range(len(runners)):
            runners[(place + round_) % len(runners)].turn()
    gc.enable()
    return [_measurement(problem, runner, runners[0].times) for runner in runners]


def _measurement(problem: Problem, runner: _Runner, reference: list[float]) -> Measurement:
    ratios = [mine / ours for mine, ours in zip(runner.times, reference, strict=True)]
    return Measurement(
        workload=problem.workload.name,
        trials=problem.trials,
        work="with evaluation" if runner.evaluate else "updates only",
        peer=runner.peer.name,
        microseconds=_spread([1e6 * seconds for seconds in runner.times]),
        ratio=_spread(ratios),
        trials_run=runner.problem.trials,
        epochs=runner.epochs,
        rounds=len(runner.times),
        first_seconds=runner.first_seconds,
        busy=runner.wall / runner.cpu - 1.0,
    )


def _spread(values: list[float]) -> Spread:
    low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return Spread(median(values), low, high)
