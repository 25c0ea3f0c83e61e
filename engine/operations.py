"""How much arithmetic an epoch of training is, counted from layer sizes alone. Light: imports no NumPy.

Counted are the products of the forward pass, those of backpropagation, and the updates; a multiplication, addition,
root or division is one floating-point operation (FLOP). Not counted: activation functions, dropout's masks, and the
recording of costs, which is no training.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from engine.hyperparameters import Configuration
from engine.shapes import parameter_count, updates_per_epoch

# Of one update, for each parameter: the equations of `engine.optimizers`, term by term.
UPDATE_OPERATIONS = {"sgd": 2, "momentum": 4, "nesterov": 6, "adagrad": 7, "rmsprop": 9, "adam": 13}
PENALTY_OPERATIONS = 2  # for each weight: l2 w is added to its gradient
CLIP_OPERATIONS = 3  # for each parameter: squared, added up, scaled


@dataclass(frozen=True)
class Operations:
    """Floating-point operations of one epoch."""

    forward: int
    backward: int
    update: int

    @property
    def total(self) -> int:
        """All of an epoch."""
        return self.forward + self.backward + self.update


def epoch_operations(sizes: tuple[int, ...], configuration: Configuration, training_samples: int) -> Operations:
    """The arithmetic of one epoch of a network with these layer sizes, from input to output.

    For each sample, with n_l units in layer l and biases as weights from a unit of 1, forward takes
    2 sum (n_(l-1) + 1) n_l, the gradient as many again, and sending delta back 2 sum n_(l-1) n_l over all layers but
    the first (Nielsen, *Neural Networks and Deep Learning*, chapter 2, BP1 to BP4). Each update takes a fixed number of
    operations for each parameter.
    """
    products = 2 * sum((inputs + 1) * units for inputs, units in pairwise(sizes))
    back = 2 * sum(inputs * units for inputs, units in pairwise(sizes[1:]))
    updates = updates_per_epoch(training_samples, configuration.batch_size)
    return Operations(
        forward=training_samples * products,
        backward=training_samples * (products + back),
        update=updates * _update_operations(sizes, configuration),
    )


def _update_operations(sizes: tuple[int, ...], configuration: Configuration) -> int:
    parameters = parameter_count(sizes, configuration)
    weights = sum(inputs * units for inputs, units in pairwise(sizes))
    penalty = PENALTY_OPERATIONS * weights if configuration.l2 else 0
    clip = CLIP_OPERATIONS * parameters if configuration.clip_norm is not None else 0
    return UPDATE_OPERATIONS[configuration.optimizer] * parameters + penalty + clip
