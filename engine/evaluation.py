"""Costs and accuracies over the whole training and validation sets, for all trials of an array.

Called by `engine.training_array` at the end of an epoch. Samples go through in blocks whose size follows from one
trial's shapes alone; trials go through in blocks too, which changes no bit as each trial's products are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.accuracy import correct, indicators
from engine.answers import Answers
from engine.arrays import Array
from engine.network import Network
from engine.pool import Pool
from engine.shapes import block_samples

_TRIALS_BYTES = 524_288  # of the activations of a block of trials: they should stay in the second-level cache


@dataclass(frozen=True, eq=False)
class SampleBlock:
    """Consecutive samples: inputs (1, features + 1, samples), targets (1, outputs, samples).

    `own`: see `accuracy.indicators`; None in regression.
    """

    inputs: Array
    targets: Array
    own: NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class Scores:
    """Mean cost and accuracy of each trial over one set, (trials,) float64; accuracy NaN in regression."""

    cost: NDArray[np.float64]
    accuracy: NDArray[np.float64]


def sample_blocks(
    inputs: Array, targets: Array, labels: NDArray[np.int64] | None, network: Network
) -> list[SampleBlock]:
    """The set, inputs (samples, features + 1), cut into blocks and a remainder."""
    size = block_samples(network.sizes)
    blocks = []
    for start in range(0, len(inputs), size):
        part = slice(start, start + size)
        own = None if labels is None else indicators(labels[part], targets.shape[1])
        blocks.append(SampleBlock(_columns(inputs[part]), _columns(targets[part]), own))
    return blocks


def _columns(rows: Array) -> Array:
    """(1, numbers, samples) of (samples, numbers), contiguous."""
    return np.ascontiguousarray(rows.T)[None]


class Evaluation:
    """Evaluates the trials whose parameters are the rows of `parameters` (trials, numbers)."""

    def __init__(self, network: Network, parameters: Array, pool: Pool) -> None:
        self._network = network
        self._trials = len(parameters)
        per_trial = block_samples(network.sizes) * sum(network.sizes[1:]) * parameters.itemsize
        step = max(1, min(self._trials, _TRIALS_BYTES // per_trial))
        self._parts = [slice(start, min(start + step, self._trials)) for start in range(0, self._trials, step)]
        self._parameters = parameters
        self._pool = pool
        self._answers: dict[tuple[int, int], Answers] = {}

    def score(self, blocks: Sequence[SampleBlock]) -> Scores:
        """Cost and accuracy over the samples of all blocks."""
        totals, hits = np.zeros(self._trials), np.zeros(self._trials)
        samples = sum(block.inputs.shape[2] for block in blocks)
        for number, part in enumerate(self._parts):
            for block in blocks:
                self._add(number, block, totals[part], hits[part])
        scale = self._network.cost.cost_scale(self._network.sizes[-1])
        accuracy = hits / samples if blocks[0].own is not None else np.full(self._trials, np.nan)
        return Scores(totals * scale / samples, accuracy)

    def _buffers(self, part: int, samples: int) -> Answers:
        """The buffers for a part of the trials and a number of samples, made when first asked for."""
        key = (part, samples)
        if key not in self._answers:
            parameters = self._parameters[self._parts[part]]
            self._answers[key] = Answers(self._network, parameters, samples, self._pool)
        return self._answers[key]

    def _add(self, part: int, block: SampleBlock, totals: NDArray[np.float64], hits: NDArray[np.float64]) -> None:
        answers = self._buffers(part, block.inputs.shape[2])
        values = answers.forward(block.inputs)
        if block.own is not None:
            hits += correct(values, block.own, self._network.threshold)
        if not self._network.cost.from_weighted_input:
            values = answers.activate_output()
        totals += self._network.cost.totals(values, block.targets, answers.output.scratch)
