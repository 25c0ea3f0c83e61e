"""Measures the health of every layer at the end of an epoch: norms, and how its units answer to some samples.

Used by `engine.training_array`. The samples are an eighth of the training set, but 32 to 128, evenly spaced, the same
at every epoch; so the cost stays a few hundredths of the training's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.answers import AnswerLayer, Answers
from engine.arrays import Array
from engine.network import Network
from engine.norms import norms
from engine.pool import Pool
from engine.trials import LayerRecords

# A unit is saturated when its outputs lie, on average over the samples, this far from the middle of its range.
SATURATED = 0.95


class LayerProbe:
    """Measures the trials whose parameters are the rows of `parameters` (trials, numbers), as they are when asked.

    `inputs` (samples, features + 1) is the training set.
    """

    def __init__(self, network: Network, parameters: Array, inputs: Array, pool: Pool) -> None:
        count = min(len(inputs), 128, max(32, len(inputs) // 8))
        chosen = np.arange(count) * len(inputs) // count
        self._inputs = np.ascontiguousarray(inputs[chosen].T)[None]
        self._parameters = parameters
        self._before = parameters.copy()
        self._answers = Answers(network, parameters, count, pool)
        self._ones = np.ones(count, dtype=network.precision)
        self._parts = [slice(layer.offset, layer.offset + layer.size) for layer in network.layout.layers]

    def begin_epoch(self) -> None:
        """Remembers the parameters, against which the epoch's change is measured."""
        np.copyto(self._before, self._parameters)

    def measure(self, gradient_norms: NDArray[np.float64] | None) -> LayerRecords:
        """The records of an epoch, once each; `gradient_norms` (trials, weight layers or more), None at epoch 0."""
        layers = self._answers.layers
        values = np.full((7, len(self._parameters), len(layers)), np.nan)
        gradient, weights, ratio, *statistics = values
        weights[...] = self._norms(self._parameters)
        if gradient_norms is not None:
            gradient[...] = gradient_norms[:, : len(layers)]
            np.subtract(self._parameters, self._before, self._before)  # the next epoch begins with a new copy
            np.divide(self._norms(self._before), weights, ratio, where=weights > 0)
        self._answers.forward(self._inputs)
        self._answers.activate_output()
        for number, layer in enumerate(layers):
            _statistics(layer, self._ones, [one[:, number] for one in statistics])
        values[~np.isfinite(values)] = np.nan
        return LayerRecords(*values)

    def _norms(self, flat: Array) -> NDArray[np.float64]:
        """(trials, weight layers): Euclidean norms of each layer's part."""
        return np.stack([norms(flat[:, part]) for part in self._parts], axis=1)


def _statistics(layer: AnswerLayer, ones: Array, out: list[NDArray[np.float64]]) -> None:
    """Mean, deviation, share of saturated and of dead units of a layer into `out`, (trials,) each.

    The shares are NaN where the mean is not finite: a unit that answers no number is neither. Overwrites the layer's
    constant; `ones` has an element for each sample.
    """
    mean, deviation, saturated, dead = out
    trials, units, samples = layer.units.shape
    sums = np.vecdot(layer.units, ones)
    middle = np.vecdot(sums, np.ones(units, dtype=sums.dtype))[:, None] / (units * samples)
    mean[:] = middle[:, 0]
    if layer.activation.bounds is not None:
        saturated[:] = np.where(np.isfinite(mean), _saturated(layer, ones), np.nan)
    if layer.activation.rectifies:
        dead[:] = np.where(np.isfinite(mean), (sums == 0).mean(axis=1), np.nan)
    if layer.constant is not None:
        layer.constant[...] = middle  # no unit: it must not count in the deviation
    np.subtract(layer.a, middle[:, :, None], layer.scratch)
    deviation[:] = norms(layer.scratch.reshape(trials, -1), units * samples)


def _saturated(layer: AnswerLayer, ones: Array) -> NDArray[np.float64]:
    """(trials,): share of units whose mean distance from the middle of the range is near its half."""
    assert layer.activation.bounds is not None
    low, high = layer.activation.bounds
    np.subtract(layer.a, (low + high) / 2, layer.scratch)
    np.abs(layer.scratch, layer.scratch)
    distances = np.vecdot(layer.scratch[:, : layer.block.units], ones)
    shares: NDArray[np.float64] = (distances >= len(ones) * SATURATED * (high - low) / 2).mean(axis=1)
    return shares
