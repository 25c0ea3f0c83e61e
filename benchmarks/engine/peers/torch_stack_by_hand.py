"""PyTorch with all trials stacked, and backpropagation and updates written by hand and in place: the least it can take.

Hardly anyone writes PyTorch so; see `torch_stack` for how it is written.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.engine.peers.torch_stack import TorchStack
from benchmarks.engine.problem import LEARNING_RATE


class TorchStackByHand(TorchStack):
    name = "PyTorch stacked, by hand"

    @torch.no_grad()
    def update(self, orders: NDArray[np.int32]) -> None:
        for batch in torch.from_numpy(orders).split(self.batch, dim=1):
            self._step(self.inputs[batch], self.targets[batch], LEARNING_RATE / batch.shape[1])

    def _step(self, inputs: torch.Tensor, targets: torch.Tensor, step: float) -> None:
        activations = [inputs]
        for w, b in zip(self.w, self.b, strict=True):
            activations.append(torch.baddbmm(b, activations[-1], w.mT).sigmoid_())
        output = activations[-1]
        delta = (output - targets).mul_(output).mul_(1 - output).mul_(2)
        for layer in reversed(range(len(self.w))):
            below = activations[layer]
            # The delta below is taken with the weights before their update.
            next_delta = torch.bmm(delta, self.w[layer]).mul_(below).mul_(1 - below) if layer else None
            self.w[layer].baddbmm_(delta.mT, below, alpha=-step)
            self.b[layer].sub_(delta.sum(dim=1, keepdim=True), alpha=step)
            delta = next_delta


PEER = TorchStackByHand
