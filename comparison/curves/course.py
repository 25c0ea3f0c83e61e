"""One training as its figures are computed from it. Filled by `results.reads.courses`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.operations import Operations


@dataclass(frozen=True)
class Course:
    """Columns by epoch, from epoch 0 (before the first update); a cost that is not finite is None.

    `epoch_seconds`: time of each epoch. `samples_per_epoch`, `operations_per_epoch`: training samples seen and
    arithmetic done in each epoch from 1 on.
    """

    updates: tuple[int, ...]
    train_cost: tuple[float | None, ...]
    validation_cost: tuple[float | None, ...]
    epoch_seconds: tuple[float, ...]
    samples_per_epoch: int
    operations_per_epoch: Operations
