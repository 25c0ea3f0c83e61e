"""PyTorch with all trials stacked: `baddbmm` over (trials, batch, units), autograd and `optim.SGD`."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.engine.peers.base import Evaluation, Peer
from benchmarks.engine.problem import LEARNING_RATE, Problem, Weights


class TorchStack(Peer):
    name = "PyTorch stacked (bmm)"

    def __init__(self, problem: Problem) -> None:
        torch.set_num_threads(1)
        self.batch = problem.workload.batch
        data = problem.data
        self.sets = [
            tuple(None if one is None else torch.from_numpy(one.copy()) for one in part)
            for part in (
                (data.train_inputs, data.train_targets, data.train_labels),
                (data.validation_inputs, data.validation_targets, data.validation_labels),
            )
        ]
        self.inputs, self.targets, _ = self.sets[0]
        self.w = [torch.from_numpy(w.copy()).requires_grad_() for w in problem.weights]
        self.b = [torch.zeros(len(w), 1, w.shape[1], requires_grad=True) for w in self.w]
        self.optimizer = torch.optim.SGD([*self.w, *self.b], lr=LEARNING_RATE)

    def update(self, orders: NDArray[np.int32]) -> None:
        for batch in torch.from_numpy(orders).split(self.batch, dim=1):
            self.optimizer.zero_grad()
            output = self.forward(self.inputs[batch])
            # Each trial's cost is its own, so the gradient of their sum is that of each.
            cost = (output - self.targets[batch]).square().sum() / batch.shape[1]
            cost.backward()
            self.optimizer.step()

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Outputs (trials, samples, units)."""
        for w, b in zip(self.w, self.b, strict=True):
            values = torch.baddbmm(b, values, w.mT).sigmoid()
        return values

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        (train_cost, train_accuracy), (cost, accuracy) = (self._figures(*one) for one in self.sets)
        return Evaluation(train_cost, cost, train_accuracy, accuracy)

    def _figures(self, inputs, targets, labels):
        output = self.forward(inputs.expand(len(self.w[0]), *inputs.shape))
        cost = (output - targets).square().sum(dim=2).mean(dim=1).numpy()
        return cost, None if labels is None else (output.argmax(dim=2) == labels).float().mean(dim=1).numpy()

    def weights(self) -> Weights:
        return [w.detach().numpy() for w in self.w]


PEER = TorchStack
