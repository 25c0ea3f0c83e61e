"""The training part as arrays take it. Made once by `engine.training`, shared by all its arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array
from engine.data.splitting import SplitData


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """`inputs` (samples, features + 1), the last column 1; `targets` (samples, outputs); `labels` None in regression.

    `one_hot`: the labels where the targets are these labels one-hot, which are then not looked up but set; else None.
    """

    inputs: Array
    targets: Array
    labels: NDArray[np.int64] | None
    one_hot: NDArray[np.int64] | None


def training_set(data: SplitData) -> TrainingSet:
    """The training part of the data."""
    labels, targets = data.train_labels, data.train_targets
    one_hot = labels is not None and bool((targets == (labels[:, None] == np.arange(targets.shape[1]))).all())
    return TrainingSet(with_constant(data.train_inputs), targets, labels, labels if one_hot else None)


def with_constant(inputs: Array) -> Array:
    """(samples, features + 1): inputs with the constant 1 behind them, which the biases are multiplied with."""
    return np.hstack([inputs, np.ones((len(inputs), 1), dtype=inputs.dtype)])
