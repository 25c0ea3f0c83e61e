"""One trial's cost curve as the worker knows it, and what of it stands in the trial's row.

Filled by the journal, epoch by epoch; a resumed trial begins with the epochs that are already stored. The row is kept
up to date epoch by epoch. Only the outcome follows from the whole curve: while the trial runs it is judged anew when
the curve is a tenth longer, which over a whole training is work in proportion to its epochs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from comparison.curve import Curve
from comparison.outcome import Verdict, verdict
from results.values import EpochRow, TrialProgress
from sweeps.states import ENDED, State


class TrialCurve:
    """Epochs 0 to the last without gap. `constant_cost`: training cost of the best constant prediction."""

    def __init__(
        self,
        trial_id: int,
        stored: Iterable[EpochRow],
        targets: tuple[float, ...],
        constant_cost: float,
        started_at: datetime,
    ) -> None:
        self.trial_id = trial_id
        self._open_targets, self._constant_cost, self._started_at = set(targets), constant_cost, started_at
        self._target_epochs: dict[float, int] = {}
        self._verdict, self._judged = Verdict(None, None), 0  # the outcome, and of how many rows
        self._train: list[float | None] = []
        self._validation: list[float | None] = []
        self._gradient: list[float | None] = []
        self._last: EpochRow | None = None
        self._best_train: float | None = None
        self._best_epoch: int | None = None
        self._best_accuracy: float | None = None
        self._seconds = 0.0
        for row in stored:
            self.add(row)

    @property
    def last_epoch(self) -> int:
        """The last epoch of the curve; -1 before epoch 0."""
        return len(self._train) - 1

    def add(self, row: EpochRow) -> None:
        """The next epoch; of equal costs the first counts as the best."""
        self._train.append(row.train_cost)
        self._validation.append(row.validation_cost)
        self._gradient.append(row.gradient_norm)
        if row.train_cost is not None:
            self._best_train = row.train_cost if self._best_train is None else min(self._best_train, row.train_cost)
        best = self._best_validation
        if row.validation_cost is not None and (best is None or row.validation_cost < best):
            self._best_epoch = row.epoch
        if row.validation_cost is not None:
            self._reach({target for target in self._open_targets if row.validation_cost <= target}, row.epoch)
        if row.validation_accuracy is not None:
            self._best_accuracy = max(self._best_accuracy or 0.0, row.validation_accuracy)
        self._seconds += row.epoch_seconds
        self._last = row

    def progress(self, state: State, diverged_epoch: int | None, now: datetime) -> TrialProgress:
        """What stands in the trial's row when it is in this state; of one that has ended, the outcome of all of it."""
        found = self._outcome(state in ENDED)
        last = self._last
        return TrialProgress(
            trial_id=self.trial_id,
            state=state,
            outcome=None if found.outcome is None else str(found.outcome),
            outcome_epoch=found.epoch,
            epochs_recorded=self.last_epoch,
            diverged_epoch=diverged_epoch,
            best_train_cost=self._best_train,
            best_validation_cost=self._best_validation,
            best_epoch=self._best_epoch,
            best_validation_accuracy=self._best_accuracy,
            final_train_cost=last.train_cost if last else None,
            final_validation_cost=last.validation_cost if last else None,
            final_train_accuracy=last.train_accuracy if last else None,
            final_validation_accuracy=last.validation_accuracy if last else None,
            seconds=self._seconds,
            target_epochs=dict(self._target_epochs),
            started_at=self._started_at,
            finished_at=now if state in ENDED else None,
            error=None,
        )

    def _reach(self, targets: set[float], epoch: int) -> None:
        self._open_targets -= targets
        self._target_epochs |= dict.fromkeys(targets, epoch)

    def _outcome(self, ended: bool) -> Verdict:
        rows = len(self._train)
        if rows != self._judged and (ended or rows > 1.1 * self._judged):
            self._verdict, self._judged = verdict(self._curve()), rows
        return self._verdict

    def _curve(self) -> Curve:
        updates = self._last.updates // self._last.epoch if self._last and self._last.epoch else None
        return Curve(tuple(self._train), tuple(self._validation), self._constant_cost, tuple(self._gradient), updates)

    @property
    def _best_validation(self) -> float | None:
        return None if self._best_epoch is None else self._validation[self._best_epoch]
