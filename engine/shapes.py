"""What follows from a configuration and a data set's shape alone: sizes, counts and memory.

Used by the planner, the API and the engine. Light: imports no NumPy. Refuses costs that do not suit the data.
"""

from __future__ import annotations

from itertools import pairwise

from engine.data.catalog import DatasetFacts
from engine.errors import InvalidHyperparameter
from engine.hyperparameters import Configuration

# Beside the parameters: velocity, mean and mean square of the gradients.
OPTIMIZER_SLOTS = {"sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "adam": 2}
_CLASSIFIERS = ("cross_entropy", "binary_cross_entropy")


def training_samples(samples: int, validation_fraction: float) -> int:
    """Samples left for training; the validation part is rounded half up, and neither part is empty."""
    validation = min(max(1, int(validation_fraction * samples + 0.5)), samples - 1)
    return samples - validation


def layer_sizes(configuration: Configuration, facts: DatasetFacts) -> tuple[int, ...]:
    """Units of every layer, from input to output; raises `InvalidHyperparameter` where cost and task do not match."""
    if facts.task == "regression" and configuration.cost in _CLASSIFIERS:
        raise InvalidHyperparameter("cost", f"{configuration.cost} needs classes, but {facts.name} is a regression")
    return (facts.features, *configuration.layers, facts.outputs)


def output_activation(configuration: Configuration, task: str) -> str:
    """The output's activation function: the one that was set, else the one that suits cost and task."""
    if configuration.output_activation is not None:
        return configuration.output_activation
    by_cost = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}
    return by_cost.get(configuration.cost, "identity" if task == "regression" else "sigmoid")


def hidden_activations(configuration: Configuration) -> tuple[str, ...]:
    """The activation function of each hidden layer."""
    if isinstance(configuration.activation, tuple):
        return configuration.activation
    return (configuration.activation,) * len(configuration.layers)


def parameter_count(sizes: tuple[int, ...], configuration: Configuration) -> int:
    """Weights, biases and learned slopes of one network."""
    slopes = sum(name == "prelu" for name in hidden_activations(configuration))
    return sum((inputs + 1) * units for inputs, units in pairwise(sizes)) + slopes


def updates_per_epoch(training_samples: int, batch_size: int) -> int:
    """Mini-batches of an epoch; the last one may be smaller."""
    return -(-training_samples // batch_size)


def block_samples(sizes: tuple[int, ...]) -> int:
    """How many samples are evaluated at once; from one trial's shapes alone, so that it never changes a trial's bits.

    OpenBLAS has faster kernels for products of up to 10^6 multiplications, and activations should stay in the cache.
    """
    largest = max((inputs + 1) * units for inputs, units in pairwise(sizes))
    small = 1_000_000 // largest
    cached = 32_768 // sum(sizes[1:])
    wanted = min(small, cached) if small >= 128 else cached
    return max(32, min(512, wanted // 32 * 32))


def trials_per_array(sizes: tuple[int, ...], configuration: Configuration) -> int:
    """How many trials go through an update together: what they touch should stay in the cache, 4 MiB of it.

    At least 2, so that Python's own time is shared. No bit depends on it.
    """
    units = sum(size + 1 for size in sizes)
    item = 4 if configuration.precision == "float32" else 8
    touched = (2 + OPTIMIZER_SLOTS[configuration.optimizer]) * parameter_count(sizes, configuration)
    return max(2, 4_194_304 // (item * (touched + 3 * configuration.batch_size * units)))


def training_bytes(trials: int, configuration: Configuration, facts: DatasetFacts, validation_fraction: float) -> int:
    """An upper bound of the memory of a training in bytes, beside the data it is given; flat over its epochs.

    With P parameters, N training samples of F features, batch size B, units U of all layers but the input with their
    constants, and S slots of the optimiser, a trial takes (7 + S) P numbers for parameters, gradients and their like,
    B (F + 1 + 7 U) for a mini-batch, 512 U for the probe of its layers, and 40 bytes for each N in its order. The
    data are laid out twice more, and evaluation works in 4 MiB.
    """
    sizes = layer_sizes(configuration, facts)
    item = 4 if configuration.precision == "float32" else 8
    training = training_samples(facts.samples, validation_fraction)
    units = sum(size + 1 for size in sizes[1:])
    parameters = (7 + OPTIMIZER_SLOTS[configuration.optimizer]) * parameter_count(sizes, configuration)
    batch = min(configuration.batch_size, training) * (sizes[0] + 1 + (14 if configuration.dropout else 7) * units)
    updates = updates_per_epoch(training, configuration.batch_size) * (len(sizes) + 2)
    per_trial = (parameters + batch + updates + 512 * units) * item + 40 * training
    data = 2 * facts.samples * (sizes[0] + 1 + sizes[-1]) * item
    return trials * per_trial + data + 4_194_304


def state_bytes(configuration: Configuration, facts: DatasetFacts) -> int:
    """The size of a trial's saved state: its parameters and what the optimiser keeps beside them (`engine.state`)."""
    item = 4 if configuration.precision == "float32" else 8
    kept = 1 + OPTIMIZER_SLOTS[configuration.optimizer]
    return kept * parameter_count(layer_sizes(configuration, facts), configuration) * item
