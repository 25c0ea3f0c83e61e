"""JAX: one network's epoch as a `scan` over its mini-batches, `vmap` over the trials, all of it under `jit`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.peers.base import Evaluation, Peer
from benchmarks.engine.problem import LEARNING_RATE, Problem, Weights

Parameters = list[tuple[jax.Array, jax.Array]]


def output_of(parameters: Parameters, values: jax.Array) -> jax.Array:
    """Outputs (samples, units) of one network."""
    for w, b in parameters:
        values = jax.nn.sigmoid(values @ w.T + b)
    return values


def cost_of(parameters: Parameters, inputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Sum of squares of one network."""
    return jnp.mean(jnp.sum((output_of(parameters, inputs) - targets) ** 2, axis=1))


class JaxVmap(Peer):
    name = "JAX vmap + jit + scan"

    def __init__(self, problem: Problem) -> None:
        data, self.batch = problem.data, problem.workload.batch
        self.train = (jnp.asarray(data.train_inputs), jnp.asarray(data.train_targets))
        self.validation = (jnp.asarray(data.validation_inputs), jnp.asarray(data.validation_targets))
        self.labels = (
            None if data.train_labels is None else (jnp.asarray(data.train_labels), jnp.asarray(data.validation_labels))
        )
        self.parameters: Parameters = [(jnp.asarray(w), jnp.zeros(w.shape[:2])) for w in problem.weights]
        self._epoch = jax.jit(jax.vmap(self._one_epoch), donate_argnums=0)
        self._evaluate = jax.jit(jax.vmap(self._one_evaluation))
        self._both = jax.jit(jax.vmap(self._one_epoch_and_evaluation), donate_argnums=0)

    def update(self, orders: NDArray[np.int32]) -> None:
        self.parameters = jax.block_until_ready(self._epoch(self.parameters, orders))

    def update_and_evaluate(self, orders: NDArray[np.int32]) -> Evaluation:
        self.parameters, figures = jax.block_until_ready(self._both(self.parameters, orders))
        return _evaluation(figures)

    def evaluate(self) -> Evaluation:
        return _evaluation(jax.block_until_ready(self._evaluate(self.parameters)))

    def weights(self) -> Weights:
        return [np.asarray(w) for w, _ in self.parameters]

    def _one_epoch(self, parameters: Parameters, order: jax.Array) -> Parameters:
        full = len(order) // self.batch * self.batch
        parameters, _ = jax.lax.scan(self._step, parameters, order[:full].reshape(-1, self.batch))
        return self._step(parameters, order[full:])[0] if full < len(order) else parameters

    def _step(self, parameters: Parameters, batch: jax.Array) -> tuple[Parameters, None]:
        gradients = jax.grad(cost_of)(parameters, self.train[0][batch], self.train[1][batch])
        return jax.tree.map(lambda value, slope: value - LEARNING_RATE * slope, parameters, gradients), None

    def _one_evaluation(self, parameters: Parameters) -> tuple[Any, ...]:
        costs = [cost_of(parameters, *part) for part in (self.train, self.validation)]
        if self.labels is None:
            return (*costs, None, None)
        outputs = [output_of(parameters, part[0]) for part in (self.train, self.validation)]
        right = [jnp.mean(jnp.argmax(o, axis=1) == y) for o, y in zip(outputs, self.labels, strict=True)]
        return (*costs, *right)

    def _one_epoch_and_evaluation(self, parameters: Parameters, order: jax.Array) -> tuple[Parameters, tuple[Any, ...]]:
        parameters = self._one_epoch(parameters, order)
        return parameters, self._one_evaluation(parameters)


def _evaluation(figures: tuple[Any, ...]) -> Evaluation:
    return Evaluation(*(None if one is None else np.asarray(one) for one in figures))


PEER = JaxVmap
