"""A training array: trials that are trained together, all by the same steps, each as if it were alone.

Made and driven by `engine.training`, which puts trials together whose own hyperparameters ask for the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array
from engine.dropout import Dropout
from engine.evaluation import Evaluation, SampleBlock, Scores
from engine.layer_probe import LayerProbe
from engine.minibatches import Minibatches
from engine.network import Network
from engine.optimizers.registry import OPTIMIZERS
from engine.pool import Pool
from engine.propagation import activate_output, backward, forward
from engine.running import Running
from engine.shapes import updates_per_epoch
from engine.state import TrialState
from engine.training_set import TrainingSet
from engine.trials import LayerRecords, Trial
from engine.updates import Updates, folds
from engine.workspace import Workspace

STRETCH_SECONDS = 0.03
LONGEST_STRETCH = 4096  # updates


class TrainingArray:
    """Trials with one fusion key and one pattern of steps; `positions` are theirs in the whole training.

    `parameters` (trials, numbers) and what the optimiser keeps are the whole state; everything else is workspace.
    """

    def __init__(
        self,
        trials: Sequence[Trial],
        positions: Sequence[int],
        states: Sequence[TrialState],
        network: Network,
        training_set: TrainingSet,
        layer_health: bool,
    ) -> None:
        self.positions = tuple(positions)
        self._network = network
        self._set = training_set
        configurations = [trial.configuration for trial in trials]
        self._slots = OPTIMIZERS[configurations[0].optimizer].slots
        self.parameters, *self._kept = self._unpacked(states)
        gradient = np.zeros_like(self.parameters)
        samples, batch = len(training_set.inputs), configurations[0].batch_size
        self._updates_per_epoch = updates_per_epoch(samples, batch)
        self._stretch = 1
        pool = Pool(network.precision)
        seeds = [trial.data_seed for trial in trials]
        self._minibatches = Minibatches(training_set, seeds, batch, pool)
        self._updates = Updates(configurations, network, self.parameters, gradient, self._kept, self._updates_per_epoch)
        sizes = {min(batch, samples), samples % batch or batch}
        self._workspaces = {
            size: Workspace(network, self.parameters, gradient, size, pool) for size in sorted(sizes, reverse=True)
        }
        if folds(configurations[0]):
            rates = np.array([one.learning_rate for one in configurations])[:, None, None]
            for workspace in self._workspaces.values():
                workspace.scale_delta(rates)
        self._dropout = Dropout(network, seeds) if network.dropout else None
        wanted = configurations[0].cost_recording == "running_mean"
        self._running = Running(network, training_set.labels is not None, len(trials)) if wanted else None
        evaluation_pool = Pool(network.precision)
        self.evaluation = Evaluation(network, self.parameters, evaluation_pool)
        self._probe = (
            LayerProbe(network, self.parameters, training_set.inputs, evaluation_pool) if layer_health else None
        )

    def train_epoch(self, epoch: int, step: Callable[[], None]) -> None:
        """One pass over the training set, in each trial's own order; epochs count from 1.

        `step` is called before every stretch of updates. Stretches are as long as takes some hundredths of a second.
        """
        self._minibatches.begin_epoch(epoch)
        self._updates.begin_epoch(epoch)
        if self._dropout is not None:
            self._dropout.begin_epoch(epoch)
        if self._running is not None:
            self._running.begin_epoch()
        if self._probe is not None:
            self._probe.begin_epoch()
        first = 0
        while first < self._updates_per_epoch:
            step()
            began, last = perf_counter(), min(first + self._stretch, self._updates_per_epoch)
            for update in range(first, last):
                inputs, targets = self._minibatches.gather(update)
                self._update(update, inputs, targets)
            slow = perf_counter() - began > STRETCH_SECONDS
            self._stretch = max(1, self._stretch // 2) if slow else min(2 * self._stretch, LONGEST_STRETCH)
            first = last

    def _update(self, update: int, inputs: Array, targets: Array) -> None:
        work = self._workspaces[inputs.shape[1]]
        masks = None if self._dropout is None else self._dropout.masks(work.samples)
        z = forward(work, inputs, masks)
        if self._running is not None:
            self._running.add_weighted_input(z, targets)
        a = activate_output(work)
        if self._running is not None:
            self._running.add_activation(a, targets)
        backward(work, inputs, targets, masks)
        self._updates.apply(update)

    def running(self) -> Scores | None:
        """Cost and accuracy as means over the epoch's mini-batches, where the configuration wants them so."""
        return None if self._running is None else self._running.scores()

    def score(self, blocks: Sequence[SampleBlock]) -> Scores:
        """Cost and accuracy over a whole set, with the weights as they are."""
        return self.evaluation.score(blocks)

    def gradient_norms(self) -> NDArray[np.float64]:
        """(trials, weight layers, and a last column for learned slopes if any), of the epoch just trained."""
        return self._updates.layer_norms()

    def layer_records(self, gradient_norms: NDArray[np.float64] | None) -> LayerRecords | None:
        """The layers' health with the weights as they are, where it is wanted; no gradient norms at epoch 0."""
        return None if self._probe is None else self._probe.measure(gradient_norms)

    def states(self, epoch: int) -> dict[int, TrialState]:
        """The state of each trial by its position."""
        updates = epoch * self._updates_per_epoch
        return {position: TrialState(epoch, updates, self._packed(row)) for row, position in enumerate(self.positions)}

    def _packed(self, row: int) -> dict[str, Array]:
        layout, one = self._network.layout, slice(row, row + 1)
        arrays = layout.unpack(self.parameters[one])
        for slot, kept in zip(self._slots, self._kept, strict=True):
            arrays |= layout.unpack(kept[one], f"{slot}.")
        return arrays

    def _unpacked(self, states: Sequence[TrialState]) -> list[Array]:
        """Parameters and slots, (trials, numbers) each; slots that a fresh state lacks are zero."""
        layout = self._network.layout
        shape = (len(states), layout.count)
        flats = [np.zeros(shape, dtype=self._network.precision) for _ in ("", *self._slots)]
        for row, state in enumerate(states):
            for flat, prefix in zip(flats, ("", *(f"{slot}." for slot in self._slots)), strict=True):
                if state.epoch or not prefix:
                    layout.pack(state.arrays, flat[row : row + 1], prefix)
        return flats
