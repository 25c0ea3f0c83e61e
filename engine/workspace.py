"""Buffers of a forward and backward pass of one size, with all views of them that the products take.

Built by `engine.training_array`, for a mini-batch and for the remainder. Hidden activations
and deltas are (trials, samples, units + 1), whose last column is the constant 1 that carries the biases; the output's
are (trials, outputs, samples). All are contiguous: NumPy runs over them in one loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.activations.base import Activation, Slope
from engine.arrays import Array, number, transposed
from engine.network import Network
from engine.parameters import LayerBlock
from engine.pool import Pool


@dataclass(frozen=True, eq=False)
class LayerWork:
    """What a forward pass needs of a layer. `z` is `a` unless the activation keeps its input.

    `sent`: what the next layer receives, `a` unless there is dropout. `weights`: with biases, as
    `LayerBlock.augmented`. `z_units` and `constant` are the parts of `z` and `a`; the output has no constant.
    """

    block: LayerBlock
    activation: Activation
    slope: Slope
    z: Array
    a: Array
    sent: Array
    scratch: Array
    weights: Array
    z_units: Array
    constant: Array
    sent_transposed: Array


@dataclass(frozen=True, eq=False)
class LayerGradient:
    """What a backward pass needs of a layer besides.

    `delta`: dC/dz, with the constant's column in hidden layers, `delta_units` without. `weights` such that
    `delta_above @ weights` is dC/da of the layer below; None in the first layer, below which there is none.
    """

    delta: Array
    delta_units: Array
    delta_above: Array
    weights: Array | None
    gradient: Array
    slope_gradient: Array | None


class Workspace:
    """The layers of `trials` networks on `samples` samples each."""

    def __init__(self, network: Network, parameters: Array, gradient: Array, samples: int, pool: Pool) -> None:
        self.network = network
        self.samples = samples
        self._pool = pool
        self._shape = (len(parameters), samples)
        self.layers = tuple(self._layer(block, parameters) for block in network.layout.layers)
        self.hidden, self.output = self.layers[:-1], self.layers[-1]
        self.gradients = tuple(self._gradient(layer, gradient) for layer in self.layers)
        scale = network.cost.gradient_scale(self.output.block.units) / samples
        self.delta_scale = number(scale, network.precision)

    def scale_delta(self, factors: Array) -> None:
        """Multiplies all gradients by a factor of each trial's own, (trials, 1, 1); the delta is scaled anyway.

        The factors are written out for every element, over which NumPy multiplies in one loop.
        """
        scale = self.network.cost.gradient_scale(self.output.block.units) / self.samples
        self.delta_scale = np.empty_like(self.output.a)
        self.delta_scale[...] = factors.astype(np.float64) * scale

    def _layer(self, block: LayerBlock, parameters: Array) -> LayerWork:
        activation = self.network.activations[block.number - 1]
        trials, samples = self._shape
        shape = (trials, block.units, samples) if block.output else (trials, samples, block.units + 1)
        a = self._pool.carve(f"a{block.number}", shape)
        z = self._pool.carve(f"z{block.number}", shape) if activation.keeps_input else a
        sent = self._pool.carve(f"sent{block.number}", shape) if self.network.dropout and not block.output else a
        learned = block.slopes(parameters)
        return LayerWork(
            block,
            activation,
            self.network.slopes[block.number - 1] if learned is None else learned,
            z,
            a,
            sent,
            self._pool.carve("scratch", shape),
            block.augmented(parameters),
            z if block.output else z[:, :, :-1],
            a[:, :, -1],
            transposed(sent),
        )

    def _gradient(self, layer: LayerWork, gradient: Array) -> LayerGradient:
        block = layer.block
        delta = self._pool.carve(f"delta{block.number}", layer.a.shape)
        units = delta if block.output else delta[:, :, :-1]
        weights = layer.weights[:, :, :-1] if block.output else transposed(layer.weights[:, :-1, :])
        return LayerGradient(
            delta,
            units,
            transposed(delta) if block.output else units,
            weights if block.number > 1 else None,
            block.augmented(gradient),
            block.slopes(gradient),
        )
