"""The mini-batches of an epoch: each trial's own order of the training set, gathered update by update.

Used by `engine.training_array`. Trials with one data seed have one order; where all of an array share it, the
mini-batch is gathered once and broadcast.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array
from engine.pool import Pool
from engine.randomness import orders
from engine.training_set import TrainingSet


class Minibatches:
    """Gathers inputs and targets for the trials with these data seeds."""

    def __init__(self, training_set: TrainingSet, seeds: Sequence[int], batch_size: int, pool: Pool) -> None:
        self._set = training_set
        self._distinct = sorted(set(seeds))
        rows = {seed: row for row, seed in enumerate(self._distinct)}
        # One row per trial, or a single one where all trials share it.
        self._rows = np.array([rows[seed] for seed in seeds] if len(rows) > 1 else [0])
        self._in_order = np.array_equal(self._rows, np.arange(len(rows)))
        samples, outputs = training_set.targets.shape
        self._size = min(batch_size, samples)
        self._whole = samples // self._size * self._size
        self._buffers = {size: self._carve(pool, size, outputs) for size in (self._size, samples - self._whole) if size}
        self._sizes = np.full(samples, self._size)
        self._sizes[self._whole :] = samples - self._whole
        self._columns = np.arange(samples) % self._size + np.arange(len(self._rows))[:, None] * (outputs * self._sizes)

    def begin_epoch(self, epoch: int) -> None:
        """Draws the orders of an epoch, one per distinct seed, and finds the place of every one in the targets."""
        drawn = orders(self._distinct, epoch, len(self._sizes))
        order = drawn if self._in_order else drawn[self._rows]
        self._chosen = self._by_update(order)
        if self._set.one_hot is not None:
            places = np.take(self._set.one_hot, order, mode="clip")
            places *= self._sizes
            places += self._columns
            self._places = self._by_update(places)

    def gather(self, update: int) -> tuple[Array, Array]:
        """Inputs (trials or 1, samples, features + 1) and targets (trials or 1, outputs, samples) of an update."""
        chosen = self._chosen[update]
        inputs, targets, flat = self._buffers[chosen.shape[1]]
        # mode="clip" writes straight into `out`; the indices are in range anyway.
        np.take(self._set.inputs, chosen, axis=0, out=inputs, mode="clip")
        if self._set.one_hot is None:
            np.copyto(targets, self._set.targets[chosen].swapaxes(1, 2))
        else:
            targets.fill(0)
            flat[self._places[update]] = 1
        return inputs, targets

    def _by_update(self, values: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """(rows, samples), cut into contiguous mini-batches: NumPy would copy them at each use otherwise."""
        cut = values[:, : self._whole].reshape(len(values), -1, self._size)
        parts = list(np.ascontiguousarray(cut.swapaxes(0, 1)))
        if self._whole < values.shape[1]:
            parts.append(np.ascontiguousarray(values[:, self._whole :]))
        return parts

    def _carve(self, pool: Pool, size: int, outputs: int) -> tuple[Array, Array, Array]:
        """Inputs, targets and the targets flattened, for mini-batches of one size."""
        rows = len(self._rows)
        targets = pool.carve("targets", (rows, outputs, size))
        return pool.carve("inputs", (rows, size, self._set.inputs.shape[1])), targets, targets.reshape(-1)
