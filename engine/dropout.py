"""Dropout (Srivastava et al. 2014): in each update, hidden activations are silenced at random, the others scaled up.

Used by `engine.training_array`. A trial's mask follows from its data seed, the epoch and the update alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.network import Network
from engine.randomness import Purpose, stream

_RANGE = 2**32


class Dropout:
    """Draws the masks of an epoch's updates, in order: each trial reads its own stream of that epoch."""

    def __init__(self, network: Network, seeds: Sequence[int]) -> None:
        self._units = network.sizes[1:-1]
        self._seeds = tuple(seeds)
        self._precision = network.precision
        self._threshold = min(round(network.dropout * _RANGE), _RANGE - 1)
        self._scale = _RANGE / (_RANGE - self._threshold)

    def begin_epoch(self, epoch: int) -> None:
        """Opens the streams of an epoch, one per distinct seed."""
        self._streams = {seed: stream(seed, Purpose.DROPOUT, epoch) for seed in set(self._seeds)}

    def masks(self, samples: int) -> list[Array]:
        """The next update's masks, (trials, samples, units + 1) per hidden layer: 0 or the scale, the constant's 1."""
        masks = [np.ones((len(self._seeds), samples, units + 1), self._precision) for units in self._units]
        drawn = {
            seed: [self._draw(one, samples * units) for units in self._units] for seed, one in self._streams.items()
        }
        for position, seed in enumerate(self._seeds):
            for mask, units, kept in zip(masks, self._units, drawn[seed], strict=True):
                mask[position, :, :-1] = kept.reshape(samples, units)
        return masks

    def _draw(self, one: np.random.Philox, count: int) -> Array:
        """`count` numbers, each 0 or the scale."""
        bits = np.frombuffer(one.random_raw((count + 1) // 2).astype("<u8").tobytes(), dtype="<u4")[:count]
        kept: Array = (bits >= self._threshold).astype(self._precision)
        kept *= self._scale
        return kept
