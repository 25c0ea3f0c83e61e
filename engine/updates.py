"""What happens to gradients between backpropagation and the weights: penalty, norms, clipping, the optimiser.

Used by `engine.training_array`, whose trials all have a penalty or none, and all clip or none: a step that a trial
does not ask for is not taken for it, whoever its neighbours are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array
from engine.hyperparameters import Configuration
from engine.network import Network
from engine.norms import clipped, in_range, out_of_range, scaled_norms
from engine.optimizers.registry import OPTIMIZERS
from engine.schedules.registry import learning_rates

# Of a gradient's numbers, where their squares overflow: a few hundred such squares can still be added up.
LARGEST = {"float32": 1e18, "float64": 1e153}


class Updates:
    """Updates of all trials of an array. `gradient` (trials, numbers) is filled by backpropagation before each."""

    def __init__(
        self,
        configurations: Sequence[Configuration],
        network: Network,
        parameters: Array,
        gradient: Array,
        kept: Sequence[Array],
        updates_per_epoch: int,
    ) -> None:
        self._configurations = tuple(configurations)
        self._parameters, self._gradient, self._kept = parameters, gradient, tuple(kept)
        self._scratch = np.zeros_like(gradient)
        self._per_epoch = updates_per_epoch
        self._folded = folds(configurations[0])
        self._optimizer = OPTIMIZERS[configurations[0].optimizer](configurations, network.precision)
        self._decay = _decay(configurations, network)
        self._clip = _clip(configurations, network.precision)
        self._squares_gradients = "squares" in self._optimizer.slots and self._clip is None
        ends = [layer.offset + layer.size for layer in network.layout.layers]
        starts = [0, *ends]
        ends += [network.layout.count] if ends[-1] < network.layout.count else []
        self._layers = [gradient[:, start:end] for start, end in zip(starts, ends, strict=False)]
        self._squares = np.zeros((updates_per_epoch, len(ends), len(gradient)), dtype=gradient.dtype)
        # As the squares: norms of this epoch's gradients whose squares their precision does not hold, 0 elsewhere.
        self._exact: NDArray[np.float64] | None = None
        self._rates = np.zeros((updates_per_epoch, len(gradient), 1), dtype=gradient.dtype)
        self._set_rates(1)

    def begin_epoch(self, epoch: int) -> None:
        """Sets the learning rates of an epoch, counted from 1."""
        self._first = (epoch - 1) * self._per_epoch + 1
        self._exact = None
        if not self._folded:
            self._set_rates(epoch)

    def _set_rates(self, epoch: int) -> None:
        for position, configuration in enumerate(self._configurations):
            self._rates[:, position, 0] = learning_rates(configuration, epoch, self._per_epoch)

    def apply(self, update: int) -> None:
        """Takes the step of an update of this epoch, counted from 0."""
        gradient = self._gradient
        if self._decay is not None:
            np.multiply(self._parameters, self._decay, self._scratch)
            np.add(gradient, self._scratch, gradient)
        squares = self._squares[update]
        for layer, out in zip(self._layers, squares, strict=True):
            np.vecdot(layer, layer, out=out)
        if not in_range(squares):
            self._keep_norms(update, squares)
            if self._squares_gradients:
                self._bound_gradients(squares)
        if self._clip is not None:
            self._clip_norms(squares)
        if self._folded:
            np.subtract(self._parameters, gradient, self._parameters)
            return
        self._optimizer.begin_update(self._first + update)
        self._optimizer.step(self._parameters, gradient, self._rates[update], self._kept, self._scratch)

    def layer_norms(self) -> NDArray[np.float64]:
        """(trials, weight layers, and a last column for learned slopes if any): root mean square over the epoch."""
        by_trial = np.ascontiguousarray(self._squares.transpose(2, 1, 0), dtype=np.float64)
        ones = np.ones(self._per_epoch)
        norms: NDArray[np.float64] = np.sqrt(np.vecdot(by_trial, ones) / self._per_epoch)
        odd = np.isinf(norms)
        if self._exact is not None:
            odd |= (self._exact != 0).any(axis=0).T
        for trial, layer in np.argwhere(odd).tolist():
            each = np.sqrt(by_trial[trial, layer])
            if self._exact is not None:
                each = np.where(self._exact[:, layer, trial] != 0, self._exact[:, layer, trial], each)
            norms[trial, layer] = scaled_norms(each[None])[0] / self._per_epoch**0.5
        return norms / self._rates[0].astype(np.float64) if self._folded else norms

    def _keep_norms(self, update: int, squares: Array) -> None:
        """Takes the norms anew whose squares are out of range; where all numbers are 0 the squares are right."""
        if self._exact is None:
            self._exact = np.zeros(self._squares.shape)
        odd = out_of_range(squares, squares.dtype)
        for layer in np.flatnonzero(odd.any(axis=1)).tolist():
            self._exact[update, layer, odd[layer]] = scaled_norms(self._layers[layer][odd[layer]])

    def _bound_gradients(self, squares: Array) -> None:
        """Bounds the numbers of gradients whose squares overflow, for an optimiser that divides by their root.

        It takes the same step then, as one number over its own size does not depend on it. Where a number is not
        finite, nothing is known: the trial diverges.
        """
        rows = np.flatnonzero(~np.isfinite(squares).all(axis=0))
        gradient = self._gradient[rows]
        bound = LARGEST[str(gradient.dtype)]
        self._gradient[rows] = np.where(np.isfinite(gradient), np.clip(gradient, -bound, bound), np.nan)

    def _clip_norms(self, squares: Array) -> None:
        """Scales gradients longer than the trial's limit down to it."""
        assert self._clip is not None
        total = squares[0].copy()
        for layer in squares[1:]:
            total += layer
        odd = np.flatnonzero(out_of_range(total, total.dtype))
        exact = clipped(self._gradient[odd], self._clip[odd]) if odd.size else None
        factor = np.minimum(self._clip / np.sqrt(total), 1)
        np.multiply(self._gradient, factor[:, None], self._gradient)
        if exact is not None:
            self._gradient[odd] = exact


def folds(configuration: Configuration) -> bool:
    """Whether the learning rate is folded into the output delta, so that the gradient is the step: plain SGD.

    It saves a pass over all weights. Not for rates so small or large that single precision would lose the gradient,
    from which the norms come.
    """
    plain = configuration.optimizer == "sgd" and not configuration.l2 and configuration.clip_norm is None
    steady = configuration.schedule == "constant" and not configuration.schedule_warmup
    return plain and steady and 1e-4 <= configuration.learning_rate <= 1e2


def _decay(configurations: Sequence[Configuration], network: Network) -> Array | None:
    """(trials, numbers): the L2 penalty's factor at each weight; None where no trial has one."""
    if not configurations[0].l2:
        return None
    strengths = np.array([one.l2 for one in configurations]).astype(network.precision)
    return strengths[:, None] * network.layout.weight_mask(network.precision)


def _clip(configurations: Sequence[Configuration], precision: str) -> Array | None:
    """(trials,): the largest norm of each trial's gradient; None where they do not clip."""
    if configurations[0].clip_norm is None:
        return None
    return np.array([one.clip_norm for one in configurations], dtype=np.float64).astype(precision)
