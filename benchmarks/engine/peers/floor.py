"""The floor: the matrix products of an epoch and nothing else, through the same BLAS. Not a peer: it learns nothing.

Forward one product per layer, backward one for the weights of each layer and one for each delta but the first, into
preallocated memory; evaluating adds the forward products over both sets. In which form a layer's matrices lie, and how
many trials go at a time, is tried out beforehand: the floor is the fastest way found.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.peers.base import Peer
from benchmarks.engine.problem import Problem, Weights

_ROWS = 256  # samples at a time in an evaluation
_AT_A_TIME = (4, 16, 64, 1024)  # trials
Call = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]  # operands and result of a product


def forward_call(form: str, trials: int, rows: int, inputs: int, units: int, shared: bool = False) -> Call:
    """The product of a layer's forward pass, with arrays of its own.

    `form`: weights as (to, from), as (from, to), or everything `transposed`, with samples in the last axis.
    `shared`: all trials take the same inputs, as they do when they are evaluated.
    """
    a = _random(1 if shared else trials, rows, inputs)
    if form == "to, from":
        return a, _random(trials, units, inputs).mT, _random(trials, rows, units)
    if form == "from, to":
        return a, _random(trials, inputs, units), _random(trials, rows, units)
    return _random(trials, units, inputs), a.mT, _random(trials, units, rows)


def layer_calls(form: str, trials: int, rows: int, inputs: int, units: int, first: bool) -> list[Call]:
    """The two or three products of a layer in one update."""
    left, right, z = forward_call(form, trials, rows, inputs, units)
    delta, below = _random(*z.shape), _random(trials, rows, inputs)
    if form == "to, from":
        calls = [(left, right, z), (delta.mT, left, _random(trials, units, inputs)), (delta, right.mT, below)]
    elif form == "from, to":
        calls = [(left, right, z), (left.mT, delta, _random(trials, inputs, units)), (delta, right.mT, below)]
    else:
        calls = [(left, right, z), (delta, right.mT, _random(trials, units, inputs)), (delta.mT, left, below)]
    return calls[:2] if first else calls


class Floor(Peer):
    name = "floor: the matrix products alone"
    takes_orders = False

    def __init__(self, problem: Problem) -> None:
        workload, self.problem = problem.workload, problem
        self.forms = [
            min(
                ("to, from", "from, to", "transposed"),
                key=lambda form: _seconds(
                    layer_calls(form, min(problem.trials, 16), workload.batch, inputs, units, number == 0)
                ),
            )
            for number, (inputs, units) in enumerate(workload.layers)
        ]
        sizes = sorted({min(problem.trials, size) for size in _AT_A_TIME})
        self.step = min(sizes, key=lambda size: self._seconds_of_update(size))
        full, remainder = divmod(workload.train_samples, workload.batch)
        self.updates = [(full, self._blocks(self._update_calls, workload.batch))]
        self.updates += [(1, self._blocks(self._update_calls, remainder))] if remainder else []
        samples = workload.train_samples, workload.validation_samples
        rows = [min(_ROWS, count - start) for count in samples for start in range(0, count, _ROWS)]
        self.evaluations = [self._blocks(self._forward_calls, size) for size in rows]

    def update(self, orders: NDArray[np.int32]) -> None:
        for times, blocks in self.updates:
            for _ in range(times):
                for calls in blocks:
                    _run(calls)

    def evaluate(self) -> None:
        for blocks in self.evaluations:
            for calls in blocks:
                _run(calls)

    def weights(self) -> Weights:
        return self.problem.weights

    def _blocks(self, make: Callable[[int, int], list[Call]], rows: int) -> list[list[Call]]:
        """The products on so many samples, for all trials, `step` of them at a time."""
        trials = self.problem.trials
        return [make(min(self.step, trials - start), rows) for start in range(0, trials, self.step)]

    def _update_calls(self, trials: int, rows: int) -> list[Call]:
        layers = [
            layer_calls(form, trials, rows, inputs, units, number == 0)
            for number, (form, (inputs, units)) in enumerate(zip(self.forms, self.problem.workload.layers, strict=True))
        ]
        forward = [calls[0] for calls in layers]
        return forward + [call for calls in reversed(layers) for call in calls[1:]]

    def _forward_calls(self, trials: int, rows: int) -> list[Call]:
        shapes = zip(self.forms, self.problem.workload.layers, strict=True)
        return [
            forward_call(form, trials, rows, inputs, units, shared=number == 0)
            for number, (form, (inputs, units)) in enumerate(shapes)
        ]

    def _seconds_of_update(self, step: int) -> float:
        self.step = step
        return _seconds(
            [call for calls in self._blocks(self._update_calls, self.problem.workload.batch) for call in calls]
        )


def _random(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def _run(calls: list[Call]) -> None:
    for left, right, out in calls:
        np.matmul(left, right, out)


def _seconds(calls: list[Call]) -> float:
    """The least of several tries."""
    _run(calls)
    tries = []
    for _ in range(7):
        start = process_time()
        for _ in range(4):
            _run(calls)
        tries.append(process_time() - start)
    return min(tries)


PEER = Floor
