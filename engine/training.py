"""Training of many trials at once, epoch by epoch: the engine's front door.

Called by the worker. Trials of one fusion key go in, records come out, one per epoch, from epoch 0, which is before
the first update. What a trial yields is the same, bit for bit, alone or among others, stopped and continued or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter

from engine.arrays import unbuffered
from engine.data.splitting import SplitData
from engine.evaluation import sample_blocks
from engine.hyperparameters import Configuration, fusion_key
from engine.initial_parameters import initial_parameters
from engine.network import network
from engine.records import Measured, records
from engine.shapes import trials_per_array, updates_per_epoch
from engine.state import TrialState
from engine.training_array import TrainingArray
from engine.training_set import training_set, with_constant
from engine.trials import EpochRecords, Trial
from engine.updates import folds


class Training:
    """Trains trials on the same data.

    `states`: where each trial continues, all at the same epoch; None begins anew. `together`: whether trials may share
    an array; False trains each in one of its own, for a BLAS on which neighbours change bits (`engine.same_bits`).
    Raises `ValueError` for trials that do not share their fusion key, states that do not share their epoch, or data in
    another precision.
    """

    def __init__(
        self,
        trials: Sequence[Trial],
        data: SplitData,
        states: Sequence[TrialState] | None = None,
        *,
        layer_health: bool = True,
        together: bool = True,
    ) -> None:
        _check(trials, states, data)
        self._trials = tuple(trials)
        self._configuration = trials[0].configuration
        self._network = network(self._configuration, data.facts)
        self._set = training_set(data)
        self._train_blocks = sample_blocks(self._set.inputs, self._set.targets, self._set.labels, self._network)
        held_out = with_constant(data.validation_inputs)
        self._validation_blocks = sample_blocks(
            held_out, data.validation_targets, data.validation_labels, self._network
        )
        self._updates_per_epoch = updates_per_epoch(len(self._set.inputs), self._configuration.batch_size)
        self._layer_health = layer_health
        self._together = together
        self._continues = states is not None
        if states is None:
            states = [TrialState(0, 0, initial_parameters(trial, self._network)) for trial in trials]
        self._epoch = states[0].epoch
        self._leaving: set[int] = set()
        self._arrays = self._grouped(dict(enumerate(states)))

    @property
    def live(self) -> tuple[int, ...]:
        """Positions of the trials that still train, ascending."""
        here = {position for array in self._arrays for position in array.positions}
        return tuple(sorted(here - self._leaving))

    def epochs(self, step: Callable[[], None] = lambda: None) -> Iterator[EpochRecords]:
        """One record per epoch, until the configurations' last epoch or until no trial is left.

        `step` is called again and again within an epoch, some updates apart. What it raises ends the training, whose
        states are then of no use.
        """
        if not self._continues and self.live:
            yield self._recorded(perf_counter())
        while self._epoch < self._configuration.epochs:
            self._let_leave()
            if not self._arrays:
                return
            started = perf_counter()
            self._epoch += 1
            with unbuffered():
                for array in self._arrays:
                    array.train_epoch(self._epoch, step)
            step()
            yield self._recorded(started)

    def leave(self, positions: Iterable[int]) -> None:
        """These trials leave before the next epoch; no other trial changes by a bit."""
        self._leaving |= set(positions)

    def states(self) -> dict[int, TrialState]:
        """The state of each live trial by its position, as of the epoch last recorded."""
        return {
            position: state
            for array in self._arrays
            for position, state in array.states(self._epoch).items()
            if position not in self._leaving
        }

    def _recorded(self, started: float) -> EpochRecords:
        """Evaluates every array, and sends the diverged on their way."""
        with unbuffered():
            measured = [self._measured(array) for array in self._arrays]
        trained = sum(len(array.positions) for array in self._arrays)
        seconds = (perf_counter() - started) / trained
        record = records(self._epoch, self._epoch * self._updates_per_epoch, measured, seconds)
        self._leaving |= set(record.trials[record.diverged].tolist())
        return record

    def _measured(self, array: TrainingArray) -> Measured:
        train = array.running() if self._epoch else None
        norms = array.gradient_norms() if self._epoch else None
        return Measured(
            positions=array.positions,
            train=array.score(self._train_blocks) if train is None else train,
            validation=array.score(self._validation_blocks),
            gradient_norms=norms,
            layers=array.layer_records(norms),
        )

    def _let_leave(self) -> None:
        """Rebuilds the arrays without those that leave, so that few trials do not lie scattered over many arrays."""
        if any(position in self._leaving for array in self._arrays for position in array.positions):
            self._arrays = self._grouped(self.states())
        self._leaving.clear()

    def _grouped(self, states: dict[int, TrialState]) -> list[TrainingArray]:
        """Arrays of trials that take the same steps, which each trial's own hyperparameters decide."""
        most = trials_per_array(self._network.sizes, self._configuration) if self._together else 1
        groups: dict[tuple[bool, ...], list[int]] = {}
        for position in sorted(states):
            groups.setdefault(_steps(self._trials[position].configuration), []).append(position)
        return [
            TrainingArray(
                [self._trials[position] for position in group],
                group,
                [states[position] for position in group],
                self._network,
                self._set,
                self._layer_health,
            )
            for whole in groups.values()
            for group in _parts(whole, most)
        ]


def _parts(group: list[int], most: int) -> list[list[int]]:
    """The group in parts of nearly equal length, `most` at the longest."""
    count = -(-len(group) // most)
    return [group[len(group) * part // count : len(group) * (part + 1) // count] for part in range(count)]


def _steps(configuration: Configuration) -> tuple[bool, ...]:
    """Which steps of an update a configuration asks for beside those its fusion key fixes."""
    return (configuration.l2 > 0, configuration.clip_norm is not None, folds(configuration))


def _check(trials: Sequence[Trial], states: Sequence[TrialState] | None, data: SplitData) -> None:
    if not trials:
        raise ValueError("a training needs at least one trial")
    if len({fusion_key(trial.configuration) for trial in trials}) > 1:
        raise ValueError("trials of one training must share their fusion key")
    precision = trials[0].configuration.precision
    if data.train_inputs.dtype != precision:
        raise ValueError(f"the data are {data.train_inputs.dtype}, but the trials train in {precision}")
    if states is not None and (len(states) != len(trials) or len({state.epoch for state in states}) > 1):
        raise ValueError("a training continues with one state per trial, all at the same epoch")
