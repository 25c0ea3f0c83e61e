"""The small base of all peers: the same networks, the same data, one epoch at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.problem import Problem, Weights


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Whole-set figures per trial, each (trials,); accuracies are None where the data have no classes."""

    train_cost: NDArray[np.floating]
    validation_cost: NDArray[np.floating]
    train_accuracy: NDArray[np.floating] | None
    validation_accuracy: NDArray[np.floating] | None


class Peer(ABC):
    """Trains `problem.trials` networks from the problem's initial weights.

    `most_trials`: peers that train one network after the other run at most so many, since each costs the same.
    `takes_orders`: whether an epoch's mini-batch orders are drawn for it, by NumPy and within the measured time; then,
    given the same orders, it computes what the others compute.
    """

    name: ClassVar[str]
    most_trials: ClassVar[int | None] = None
    takes_orders: ClassVar[bool] = True

    @abstractmethod
    def __init__(self, problem: Problem) -> None: ...

    # `orders` are (trials, samples) where the peer takes them, else None.

    @abstractmethod
    def update(self, orders: NDArray[np.int32]) -> None:
        """One epoch of updates of every trial, in the given orders; returns when it is done."""

    def update_and_evaluate(self, orders: NDArray[np.int32]) -> Evaluation | None:
        """One epoch, then costs and accuracies over both whole sets."""
        self.update(orders)
        return self.evaluate()

    @abstractmethod
    def evaluate(self) -> Evaluation | None:
        """Costs and accuracies over both whole sets with the present weights."""

    @abstractmethod
    def weights(self) -> Weights:
        """The present weights, (trials, to, from) per layer."""
