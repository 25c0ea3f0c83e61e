"""What the engine takes and what it yields: the planner's output and the worker's input. Light: imports no NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.hyperparameters import Configuration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Trial:
    """One configuration, one replicate, one training; the seeds lie in [0, 2**32)."""

    configuration: Configuration
    init_seed: int
    data_seed: int


@dataclass(frozen=True)
class LayerRecords:
    """Health of every weight layer at one epoch; each array is (trials, weight layers), float64, NaN where undefined.

    Norms are Euclidean over a layer's weights and biases. `gradient_norm` is the root mean square over the epoch's
    mini-batches, `update_ratio` the norm of the epoch's whole change of the layer over its weight norm; both are NaN
    at epoch 0. Activation statistics are over up to 128 training samples (`engine.layer_probe`): `saturated_share` and
    `dead_share` are shares of units, NaN where the activation has no bounds or never falls silent. See `engine.health`
    for rules and sources.
    """

    gradient_norm: NDArray[np.float64]
    weight_norm: NDArray[np.float64]
    update_ratio: NDArray[np.float64]
    activation_mean: NDArray[np.float64]
    activation_deviation: NDArray[np.float64]
    saturated_share: NDArray[np.float64]
    dead_share: NDArray[np.float64]


@dataclass(frozen=True)
class EpochRecords:
    """One epoch of every live trial; arrays are (live trials,), float64, NaN where undefined.

    `trials`: positions in the sequence that the training was given. Costs and accuracies are over the whole sets with
    the weights at the end of the epoch, without the L2 penalty; accuracies are NaN in regression. `gradient_norm`: root
    mean square over the epoch's mini-batch gradients, the penalty's included, before clipping; NaN at epoch 0.
    `seconds`: wall time of the epoch divided by its live trials. `diverged`: trials whose training cost is no longer
    finite (their costs and accuracies are NaN here): they have left the array. The accuracy over a set is NaN where the
    cost over it is not finite.
    """

    epoch: int
    updates: int
    trials: NDArray[np.int64]
    train_cost: NDArray[np.float64]
    validation_cost: NDArray[np.float64]
    train_accuracy: NDArray[np.float64]
    validation_accuracy: NDArray[np.float64]
    gradient_norm: NDArray[np.float64]
    seconds: float
    diverged: NDArray[np.bool_]
    layers: LayerRecords | None
