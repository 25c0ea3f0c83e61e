"""One training as a PyTorch user writes it, every epoch logged to MLflow by its client. Called by both peers.

What a careful user would share between trials is made once in a process: the data, the MLflow experiment, the one
thread. The mini-batches are drawn by hand, for PyTorch's DataLoader takes longer.
"""

from __future__ import annotations

import functools
from typing import Any

import mlflow
import torch

EXPERIMENT = "peer"
EPOCHS, BATCH, HIDDEN = 50, 32, 32


@functools.cache
def ready(tracking_uri: str) -> tuple[torch.Tensor, ...]:
    """Make this process ready; digits, four fifths to train and one to validate: inputs and one-hot targets of each."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    torch.set_num_threads(1)  # the other core is another trial's
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment(EXPERIMENT)
    inputs, labels = load_digits(return_X_y=True)
    targets = torch.nn.functional.one_hot(torch.tensor(labels), 10).float()
    rows = torch.tensor(inputs, dtype=torch.float32) / 16
    first, second = train_test_split(range(len(rows)), test_size=0.2, random_state=0, stratify=labels)
    return rows[first], targets[first], rows[second], targets[second]


def train(learning_rate: float, seed: int, tracking_uri: str) -> float:
    """Train 64-32-10 for 50 epochs under one MLflow run; the last validation cost."""
    sets = ready(tracking_uri)
    torch.manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Linear(64, HIDDEN), torch.nn.Sigmoid(), torch.nn.Linear(HIDDEN, 10), torch.nn.Sigmoid()
    )
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    last = float("nan")
    with mlflow.start_run():
        mlflow.log_params({"learning_rate": learning_rate, "seed": seed})
        for epoch in range(EPOCHS + 1):
            if epoch:
                _epoch(network, optimizer, *sets[:2])
            figures = _figures(network, *sets)
            mlflow.log_metrics(figures, step=epoch)
            last = figures["validation_cost"]
    return last


def _epoch(network: Any, optimizer: Any, inputs: torch.Tensor, targets: torch.Tensor) -> None:
    for batch in torch.randperm(len(inputs)).split(BATCH):
        optimizer.zero_grad()
        cost = (network(inputs[batch]) - targets[batch]).square().sum(dim=1).mean()
        cost.backward()
        optimizer.step()


@torch.no_grad()
def _figures(network: Any, *sets: torch.Tensor) -> dict[str, float]:
    found = {}
    for name, inputs, targets in (("train", *sets[:2]), ("validation", *sets[2:])):
        output = network(inputs)
        found[f"{name}_cost"] = (output - targets).square().sum(dim=1).mean().item()
        found[f"{name}_accuracy"] = (output.argmax(1) == targets.argmax(1)).float().mean().item()
    return found
