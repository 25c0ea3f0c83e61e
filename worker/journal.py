"""The journal of an attempt: what was recorded and is not yet written.

Filled by `train_job` epoch by epoch, emptied by `worker.attempt` about once a second. Knows no SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from engine.state import TrialState
from engine.trials import EpochRecords
from results.values import Checkpoint, EpochRow, Flush, LayerRow
from sweeps.states import State
from worker.curve import TrialCurve
from worker.rows import epoch_rows, layer_rows


class Journal:
    """Rows since the last flush. `curves`: one per trial of the claim, by position.

    `machine` is written once, and where trials are `extended` once more with each end.
    """

    def __init__(self, curves: Sequence[TrialCurve], machine: Mapping[str, str | int], extended: bool = False) -> None:
        self._curves = curves
        self._trial_ids = [curve.trial_id for curve in curves]
        self._epochs: list[EpochRow] = []
        self._layers: list[LayerRow] = []
        self._changed: set[int] = set()  # positions with news
        self._diverged: dict[int, int] = {}  # position -> epoch
        self._closed: set[int] = set()  # positions whose end is written
        self._machine: Mapping[str, str | int] | None = machine
        self._machine_of_ends = machine if extended else None

    def add(self, records: EpochRecords) -> None:
        """Take in one epoch; what a resumed trial had stored before is already there, with the same bits."""
        epochs = epoch_rows(records, self._trial_ids, datetime.now(UTC))
        layers = layer_rows(records, self._trial_ids)
        diverged = records.diverged.tolist()
        for place, position in enumerate(records.trials.tolist()):
            if diverged[place]:
                self._diverged[position] = records.epoch
                self._changed.add(position)  # also where an earlier attempt, with another BLAS kernel, had gone further
            if records.epoch > self._curves[position].last_epoch:
                self._curves[position].add(epochs[place])
                self._epochs.append(epochs[place])
                self._layers.extend(layers[place])
                self._changed.add(position)

    def unwritten(self, end: State | None = None, states: Mapping[int, TrialState] | None = None) -> Flush:
        """All that is to be written now; `end`: the state in which trials that still run end, None while they go on.

        `states` become checkpoints, final ones where `end` is given.
        """
        now = datetime.now(UTC)
        open_positions = [position for position in range(len(self._curves)) if position not in self._closed]
        ends = end is not None or not self._diverged.keys() <= self._closed
        return Flush(
            epochs=tuple(self._epochs),
            layers=tuple(self._layers),
            progress=[
                self._curves[position].progress(self._state(position, end), self._diverged.get(position), now)
                for position in open_positions
                if end or position in self._changed
            ],
            checkpoints=[
                self._checkpoint(position, state, final=end is not None) for position, state in (states or {}).items()
            ],
            machine=self._machine or (self._machine_of_ends if ends else None),
        )

    def arrived(self, epoch: int) -> frozenset[int]:
        """The keys of the trials that have newly come to this epoch and did not diverge there."""
        left = {self._trial_ids[position] for position in self._diverged}
        return frozenset(row.trial_id for row in self._epochs if row.epoch == epoch and row.trial_id not in left)

    def open_positions(self, trial_ids: Collection[int]) -> tuple[int, ...]:
        """The positions of these trials, those left out that have ended."""
        ended = self._closed | self._diverged.keys()
        here = enumerate(self._trial_ids)
        return tuple(position for position, key in here if key in trial_ids and position not in ended)

    def ending(self, positions: Sequence[int], states: Mapping[int, TrialState]) -> Flush:
        """The end of trials that are pruned, with their final checkpoints; their curves stand in `unwritten`."""
        now = datetime.now(UTC)
        return Flush(
            progress=[self._curves[position].progress(State.PRUNED, None, now) for position in positions],
            checkpoints=[self._checkpoint(position, states[position], final=True) for position in positions],
            machine=self._machine_of_ends,
        )

    def written(self, pruned: Iterable[int] = ()) -> None:
        """Forget what `unwritten` gave: it is committed. To be called before anything more is added."""
        self._epochs.clear()
        self._layers.clear()
        self._changed.clear()
        self._closed |= self._diverged.keys() | set(pruned)
        self._machine = None

    def _checkpoint(self, position: int, state: TrialState, final: bool) -> Checkpoint:
        return Checkpoint(self._trial_ids[position], state.epoch, final=final, state=state.to_bytes())

    def _state(self, position: int, end: State | None) -> State:
        return State.FINISHED if position in self._diverged else end or State.RUNNING
