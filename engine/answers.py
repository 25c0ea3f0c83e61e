"""Networks answering to many samples at once, forward only: for evaluation and for the health of layers.

Used by `engine.evaluation` and `engine.layer_probe`. Unlike in training the inputs are the same at every epoch, so
they can lie the other way round: everything is (trials, units, samples), the layout whose products are fastest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array, transposed
from engine.network import Network
from engine.parameters import LayerBlock
from engine.pool import Pool


@dataclass(frozen=True, eq=False)
class AnswerLayer:
    """One layer's arrays. `weights` (trials, to, from + 1); `a` has a last row of 1 in hidden layers, `constant`.

    `z` is `a` unless the activation keeps its input; `z_units` and `units` are `z` and `a` without the constant.
    """

    block: LayerBlock
    activation: Activation
    slope: Slope
    weights: Array
    z: Array
    z_units: Array
    a: Array
    units: Array
    constant: Array | None
    scratch: Array


class Answers:
    """Buffers for the answers of the trials whose parameters are given to a number of samples."""

    def __init__(self, network: Network, parameters: Array, samples: int, pool: Pool) -> None:
        self._network, self._pool = network, pool
        self.layers = tuple(self._layer(block, parameters, samples) for block in network.layout.layers)
        self.output = self.layers[-1]

    def forward(self, inputs: Array) -> Array:
        """The output's z (trials, outputs, samples), for inputs (1, features + 1, samples), the last row 1."""
        sent = inputs
        for layer in self.layers[:-1]:
            np.matmul(layer.weights, sent, layer.z_units)
            layer.activation.apply(layer.z, layer.a, layer.slope, layer.scratch)
            assert layer.constant is not None
            layer.constant.fill(1)
            sent = layer.a
        np.matmul(self.output.weights, sent, self.output.z)
        return self.output.z

    def activate_output(self) -> Array:
        """Turns z of the output layer into a, in place."""
        output = self.output
        output.activation.apply(output.z, output.a, output.slope, output.scratch)
        return output.a

    def _layer(self, block: LayerBlock, parameters: Array, samples: int) -> AnswerLayer:
        activation = self._network.activations[block.number - 1]
        shape = (len(parameters), block.units + (not block.output), samples)
        a = self._pool.carve(f"a{block.number}", shape)
        z = self._pool.carve(f"z{block.number}", shape) if activation.keeps_input and not block.output else a
        learned = block.slopes(parameters)
        augmented = block.augmented(parameters)
        return AnswerLayer(
            block,
            activation,
            self._network.slopes[block.number - 1] if learned is None else learned,
            augmented if block.output else transposed(augmented),
            z,
            z[:, : block.units],
            a,
            a[:, : block.units],
            None if block.output else a[:, -1],
            self._pool.carve("scratch", shape),
        )
