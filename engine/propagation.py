"""Forward pass and backpropagation over all trials of an array at once.

Called by `engine.training_array`. Every product is one BLAS call per
trial, of a shape that follows from that trial alone; nothing here looks at how many trials there are.
"""

from __future__ import annotations

import numpy as np

from engine.activations.prelu import Prelu
from engine.arrays import Array, transposed
from engine.workspace import LayerGradient, LayerWork, Workspace


def forward(work: Workspace, inputs: Array, masks: list[Array] | None = None) -> Array:
    """The output's z, (trials, outputs, samples); a^(l) = sigma(W^(l) a^(l-1) + b^(l)) before it.

    `inputs` (trials or 1, samples, features + 1), the last column 1. `masks`: dropout's, one per hidden layer.
    """
    sent, sent_transposed = inputs, transposed(inputs)
    for index, layer in enumerate(work.hidden):
        np.matmul(sent, layer.weights, layer.z_units)
        layer.activation.apply(layer.z, layer.a, layer.slope, layer.scratch)
        layer.constant.fill(1)
        if masks is not None:
            np.multiply(layer.a, masks[index], layer.sent)
        sent, sent_transposed = layer.sent, layer.sent_transposed
    output = work.output
    np.matmul(output.weights, sent_transposed, output.z)
    return output.z


def activate_output(work: Workspace) -> Array:
    """a^(L) from z^(L), in place."""
    output = work.output
    output.activation.apply(output.z, output.a, output.slope, output.scratch)
    return output.a


def backward(work: Workspace, inputs: Array, targets: Array, masks: list[Array] | None = None) -> None:
    """The gradient of the cost, averaged over the samples, into the workspace's gradient.

    `targets` (trials or 1, outputs, samples). Each layer reuses the delta of the layer after it.
    """
    above = work.gradients[-1]
    _output_delta(work, above.delta, targets)
    np.matmul(above.delta, work.hidden[-1].sent if work.hidden else inputs, above.gradient)
    for index in range(len(work.hidden) - 1, -1, -1):
        layer, own = work.hidden[index], work.gradients[index]
        assert above.weights is not None
        np.matmul(above.delta_above, above.weights, own.delta_units)
        if masks is not None:
            np.multiply(own.delta, masks[index], own.delta)
        _through_activation(layer, own)
        sent = work.hidden[index - 1].sent_transposed if index else transposed(inputs)
        np.matmul(sent, own.delta_units, own.gradient)
        above = own


def _output_delta(work: Workspace, delta: Array, targets: Array) -> None:
    """delta^(L) = dC/da sigma'(z), over the number of samples."""
    output = work.output
    np.subtract(output.a, targets, delta)
    if not work.network.cancels:
        output.activation.backward(delta, output.z, output.a, output.slope, output.scratch)
    np.multiply(delta, work.delta_scale, delta)


def _through_activation(layer: LayerWork, own: LayerGradient) -> None:
    """delta^(l) = dC/da^(l) sigma'(z^(l)); a learned slope's gradient comes before, from dC/da."""
    if own.slope_gradient is not None:
        assert isinstance(layer.activation, Prelu)
        own.delta[:, :, -1] = 0
        layer.activation.slope_gradient(own.delta, layer.z, layer.scratch, own.slope_gradient)
    layer.activation.backward(own.delta, layer.z, layer.a, layer.slope, layer.scratch)
