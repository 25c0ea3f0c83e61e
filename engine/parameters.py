"""Where each weight, bias and learned slope lies in the flat parameter vector of a trial.

One vector per trial lets an optimiser update all layers in one pass. A hidden layer's block is (from + 1, to), its
last row the biases; the output layer's is (to, from + 1), its last column the biases: with the activations' own
constant 1 the bias needs no pass of its own, and these are the layouts whose products BLAS does fastest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.arrays import Array, matrices, transposed


@dataclass(frozen=True)
class LayerBlock:
    """One weight layer's place: `number` counts from 1, `offset` into the vector; `slope` is where it is learned."""

    number: int
    inputs: int
    units: int
    offset: int
    output: bool
    slope: int | None

    @property
    def size(self) -> int:
        """Weights and biases."""
        return (self.inputs + 1) * self.units

    def augmented(self, flat: Array) -> Array:
        """Weights with biases, (trials, from + 1, to) in hidden layers, (trials, to, from + 1) in the output layer."""
        shape = (self.units, self.inputs + 1) if self.output else (self.inputs + 1, self.units)
        return matrices(flat, self.offset, *shape)

    def weights(self, flat: Array) -> Array:
        """(trials, to, from), a view."""
        whole = self.augmented(flat)
        return whole[:, :, :-1] if self.output else transposed(whole[:, :-1, :])

    def biases(self, flat: Array) -> Array:
        """(trials, to), a view."""
        whole = self.augmented(flat)
        return whole[:, :, -1] if self.output else whole[:, -1, :]

    def slopes(self, flat: Array) -> Array | None:
        """(trials, 1, 1), a view; None where no slope is learned."""
        return None if self.slope is None else matrices(flat, self.slope, 1, 1)


@dataclass(frozen=True)
class ParameterLayout:
    """The places of all layers; `count` numbers per trial."""

    layers: tuple[LayerBlock, ...]
    count: int

    def pack(self, arrays: Mapping[str, Array], flat: Array, prefix: str = "") -> None:
        """Writes named arrays of one trial into its vector, `flat` (1, count); raises KeyError or ValueError."""
        for layer in self.layers:
            layer.weights(flat)[0] = arrays[f"{prefix}weights_{layer.number}"]
            layer.biases(flat)[0] = arrays[f"{prefix}bias_{layer.number}"]
            slopes = layer.slopes(flat)
            if slopes is not None:
                slopes[0, 0] = arrays[f"{prefix}slope_{layer.number}"]

    def unpack(self, flat: Array, prefix: str = "") -> dict[str, Array]:
        """Copies the vector of one trial, `flat` (1, count), into named arrays, as `TrialState` describes them."""
        arrays: dict[str, Array] = {}
        for layer in self.layers:
            arrays[f"{prefix}weights_{layer.number}"] = np.array(layer.weights(flat)[0], order="C")
            arrays[f"{prefix}bias_{layer.number}"] = np.array(layer.biases(flat)[0])
            slopes = layer.slopes(flat)
            if slopes is not None:
                arrays[f"{prefix}slope_{layer.number}"] = np.array(slopes[0, 0])
        return arrays

    def weight_mask(self, precision: str) -> Array:
        """(count,): 1 at weights, 0 at biases and slopes: what the L2 penalty falls on."""
        mask = np.zeros((1, self.count), dtype=precision)
        for layer in self.layers:
            layer.weights(mask)[...] = 1
        row: Array = mask[0]
        return row


def parameter_layout(sizes: tuple[int, ...], learned_slopes: tuple[bool, ...]) -> ParameterLayout:
    """The layout for these layer sizes; `learned_slopes` says for each hidden layer whether its slope is learned.

    The slopes lie behind all weights, so that they are few and together.
    """
    layers: list[LayerBlock] = []
    offset = 0
    slope = sum((inputs + 1) * units for inputs, units in pairwise(sizes))
    for number, (inputs, units) in enumerate(pairwise(sizes), start=1):
        learned = number <= len(learned_slopes) and learned_slopes[number - 1]
        block = LayerBlock(number, inputs, units, offset, number == len(sizes) - 1, slope if learned else None)
        layers.append(block)
        offset += block.size
        slope += learned
    return ParameterLayout(tuple(layers), slope)
