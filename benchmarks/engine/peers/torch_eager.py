"""PyTorch as its tutorials have it: a `Sequential`, `optim.SGD`, one network after the other."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.engine.peers.base import Evaluation, Peer
from benchmarks.engine.problem import LEARNING_RATE, Problem, Weights


class TorchEager(Peer):
    name = "PyTorch eager"
    most_trials = 4

    def __init__(self, problem: Problem) -> None:
        torch.set_num_threads(1)
        self.batch = problem.workload.batch
        data = problem.data
        self.train = _tensors(data.train_inputs, data.train_targets, data.train_labels)
        self.validation = _tensors(data.validation_inputs, data.validation_targets, data.validation_labels)
        self.networks = [_network([w[trial] for w in problem.weights]) for trial in range(problem.trials)]
        self.optimizers = [torch.optim.SGD(n.parameters(), lr=LEARNING_RATE) for n in self.networks]

    def update(self, orders: NDArray[np.int32]) -> None:
        inputs, targets, _ = self.train
        for network, optimizer, order in zip(self.networks, self.optimizers, torch.from_numpy(orders), strict=True):
            for batch in order.split(self.batch):
                optimizer.zero_grad()
                cost = (network(inputs[batch]) - targets[batch]).square().sum(dim=1).mean()
                cost.backward()
                optimizer.step()

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        figures = [[_figures(n, *one) for n in self.networks] for one in (self.train, self.validation)]
        (train_cost, train_accuracy), (cost, accuracy) = (np.array(one).T for one in figures)
        return Evaluation(train_cost, cost, train_accuracy, accuracy)

    def weights(self) -> Weights:
        linear = [[m.weight.detach().numpy() for m in n if isinstance(m, torch.nn.Linear)] for n in self.networks]
        return [np.stack(layer) for layer in zip(*linear, strict=True)]


def _tensors(inputs, targets, labels):
    """The arrays as tensors; PyTorch warns of read-only memory, so they are copied."""
    return tuple(None if one is None else torch.from_numpy(one.copy()) for one in (inputs, targets, labels))


def _network(weights: Weights) -> torch.nn.Sequential:
    modules: list[torch.nn.Module] = []
    for w in weights:
        linear = torch.nn.Linear(w.shape[1], w.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w))
            linear.bias.zero_()
        modules += [linear, torch.nn.Sigmoid()]
    return torch.nn.Sequential(*modules)


def _figures(network, inputs, targets, labels):
    output = network(inputs)
    cost = (output - targets).square().sum(dim=1).mean().item()
    return cost, float("nan") if labels is None else (output.argmax(dim=1) == labels).float().mean().item()


PEER = TorchEager
