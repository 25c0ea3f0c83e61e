"""A network before its first update: what gradient each layer gets, how its units answer, how sharp the cost is there.

Called by `comparison.diagnosis` to hold a configuration against alternatives without training either. One forward and
backward pass, forty for the sharpness, in float64, on up to 256 training samples at even distances, without dropout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array, unbuffered
from engine.data.splitting import SplitData
from engine.initial_parameters import initial_parameters
from engine.layer_probe import SATURATED
from engine.network import network
from engine.norms import norms
from engine.pool import Pool
from engine.propagation import activate_output, backward, forward
from engine.training_set import with_constant
from engine.trials import Trial
from engine.workspace import LayerWork, Workspace

MOST_SAMPLES = 256
POWER_ITERATIONS = 20
STEP = 1e-4  # of the difference of gradients, relative to the parameters' norm


@dataclass(frozen=True)
class StartingPoint:
    """At epoch 0. `gradient_norms`: Euclidean, of weights and biases, by layer from the input on; NaN if not finite.

    `cost`: over the samples, without penalty; NaN if not finite.
    `saturated_shares`, `dead_shares`: of each hidden layer's units, as `engine.layer_probe` counts them; NaN where the
    activation has no bounds or never falls silent.
    """

    gradient_norms: tuple[float, ...]
    cost: float
    saturated_shares: tuple[float, ...]
    dead_shares: tuple[float, ...]


def starting_point(trial: Trial, data: SplitData) -> StartingPoint:
    """The starting point of a trial on its data; raises `InvalidHyperparameter` where cost and data do not match."""
    with unbuffered():
        looked = _Look(trial, data)
        cost, gradient = looked.cost(), looked.gradient(looked.parameters)
        lengths = [_finite(float(norms(gradient[:, part])[0])) for part in looked.parts]
        hidden = looked.work.hidden
        saturated, dead = [_saturated(layer) for layer in hidden], [_dead(layer) for layer in hidden]
        return StartingPoint(tuple(lengths), _finite(cost), tuple(saturated), tuple(dead))


def sharpness(trial: Trial, data: SplitData) -> float:
    """The largest eigenvalue, in absolute value, of the Hessian of the cost at the start, L2 penalty left out.

    By power iteration on differences of gradients, from a fixed direction; NaN where it is not finite. Plain gradient
    descent on a quadratic is stable below a learning rate of 2 / sharpness (LeCun, Simard and Pearlmutter 1993; Cohen
    et al. 2021, section 2).
    """
    with unbuffered():
        return _largest_eigenvalue(_Look(trial, data))


class _Look:
    """One trial's network on its samples; `gradient` may be asked at any parameters (1, numbers)."""

    def __init__(self, trial: Trial, data: SplitData) -> None:
        plain = replace(trial, configuration=replace(trial.configuration, precision="float64", dropout=0.0))
        whole = network(plain.configuration, data.facts)
        count = min(len(data.train_inputs), MOST_SAMPLES)
        rows = np.arange(count) * len(data.train_inputs) // count
        self._inputs = with_constant(np.asarray(data.train_inputs[rows], dtype=np.float64))[None]
        self._targets = np.ascontiguousarray(np.asarray(data.train_targets[rows], dtype=np.float64).T)[None]
        self.parameters = np.zeros((1, whole.layout.count))
        whole.layout.pack(initial_parameters(plain, whole), self.parameters)
        self.parts = [slice(block.offset, block.offset + block.size) for block in whole.layout.layers]
        self._current = self.parameters.copy()
        self._gradient = np.zeros_like(self._current)
        self.work = Workspace(whole, self._current, self._gradient, count, Pool("float64"))

    def cost(self) -> float:
        """At the start, averaged over the samples."""
        cost, work = self.work.network.cost, self.work
        values = forward(work, self._inputs)
        if not cost.from_weighted_input:
            values = activate_output(work)
        total = float(cost.totals(values, self._targets, np.empty_like(values))[0])
        return total * cost.cost_scale(work.network.sizes[-1]) / work.samples

    def gradient(self, parameters: Array) -> NDArray[np.float64]:
        """(1, numbers): of the cost averaged over the samples, there."""
        np.copyto(self._current, parameters)
        forward(self.work, self._inputs)
        activate_output(self.work)
        backward(self.work, self._inputs, self._targets)
        found: NDArray[np.float64] = self._gradient.copy()
        return found


def _largest_eigenvalue(looked: _Look) -> float:
    start = looked.parameters
    direction = np.random.Generator(np.random.Philox(0)).standard_normal(start.shape)
    direction /= np.linalg.norm(direction)
    step = STEP * max(1.0, float(np.linalg.norm(start)) / np.sqrt(start.size))
    found = 0.0
    for _ in range(POWER_ITERATIONS):
        change = looked.gradient(start + step * direction) - looked.gradient(start - step * direction)
        product = change / (2 * step)
        found = float(norms(product)[0])
        if not np.isfinite(found) or found == 0:
            break
        direction = product / found
    return _finite(found)


def _finite(value: float) -> float:
    return value if np.isfinite(value) else float("nan")


def _answers_numbers(layer: LayerWork) -> bool:
    """Whether all units do, for all samples; what answers none is neither saturated nor dead."""
    return bool(np.isfinite(layer.a[0, :, :-1]).all())


def _saturated(layer: LayerWork) -> float:
    if layer.activation.bounds is None or not _answers_numbers(layer):
        return float("nan")
    low, high = layer.activation.bounds
    distances = np.abs(layer.a[0, :, :-1] - (low + high) / 2).mean(axis=0)
    return float((distances >= SATURATED * (high - low) / 2).mean())


def _dead(layer: LayerWork) -> float:
    if not layer.activation.rectifies or not _answers_numbers(layer):
        return float("nan")
    return float((layer.a[0, :, :-1] == 0).all(axis=0).mean())
