"""Trains stored trials once more and holds the digests of the curves against each other: the promise of the same bits.

Nothing is written. Run by `worker.verification` in a process of the BLAS kernel that trained them. Trials are fused
as suits this process, not as they were then: that changes no bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import fusion_key
from engine.training import Training
from results.database import Database
from results.reads import curves
from results.reads.replaying import StoredSweep, StoredTrial, stored
from results.values import EpochRow
from worker.errors import DatasetChanged
from worker.rows import epoch_rows

MOST_TRIALS = 64  # in one array
COMPARED = (
    "epoch",
    "updates",
    "train_cost",
    "validation_cost",
    "train_accuracy",
    "validation_accuracy",
    "gradient_norm",
)  # all of a row but its times
Row = tuple[int | float | None, ...]


@dataclass(frozen=True)
class Verdict:
    """One trial: SHA-256 of its stored curve and of the one trained now, and the first epoch where they differ."""

    number: int
    epochs: int
    stored_digest: str
    trained_digest: str
    first_difference: int | None

    @property
    def same(self) -> bool:
        """Whether every number of the curve came out with the same bits."""
        return self.stored_digest == self.trained_digest


def verify(database: Database, sweep_id: int, kernel: str, together: bool = True) -> Iterator[Verdict]:
    """A verdict for every trial that `kernel` trained; raises `NoSuchSweep` and `DatasetChanged`.

    `together`: whether this machine may train trials in one array (`engine.same_bits`).
    """
    with database.read() as connection:
        sweep = stored(connection, sweep_id, kernel)
    for trials in _arrays(sweep.trials):
        trained = _trained(sweep, trials, together)
        for position, one in enumerate(trials):
            with database.read() as connection:
                before = [_compared(row) for row in curves.of_trial(connection, one.trial_id)]
            yield _verdict(one, before, trained[position])


def digest(curve: Sequence[Row]) -> str:
    """SHA-256 of a curve; floats as their exact hexadecimal text."""
    return hashlib.sha256("\n".join(" ".join(map(_text, row)) for row in curve).encode()).hexdigest()


def _arrays(trials: Sequence[StoredTrial]) -> Iterator[list[StoredTrial]]:
    groups: dict[tuple[tuple[Value, ...], str], list[StoredTrial]] = {}
    for one in trials:
        groups.setdefault((fusion_key(one.trial.configuration), one.dataset_digest), []).append(one)
    for group in groups.values():
        for first in range(0, len(group), MOST_TRIALS):
            yield group[first : first + MOST_TRIALS]


def _trained(sweep: StoredSweep, trials: Sequence[StoredTrial], together: bool) -> list[list[Row]]:
    """The curves trained now, by position, each as long as the stored one."""
    shared = trials[0].trial.configuration
    dataset = load(shared.dataset)
    if dataset.facts.digest != trials[0].dataset_digest:
        raise DatasetChanged(shared.dataset, trials[0].dataset_digest, dataset.facts.digest)
    data = split(dataset, sweep.validation_fraction, sweep.split_seed, shared.scaling, shared.precision)
    training = Training([one.trial for one in trials], data, layer_health=False, together=together)
    found: list[list[Row]] = [[] for _ in trials]
    for records in training.epochs():
        rows = epoch_rows(records, range(len(trials)), datetime.now(UTC))
        for row in rows:
            found[row.trial_id].append(_compared(row))
        training.leave(position for position in training.live if trials[position].last_epoch <= records.epoch)
    return found


def _verdict(one: StoredTrial, before: list[Row], now: list[Row]) -> Verdict:
    pairs = zip_longest(before, now)
    difference = next((epoch for epoch, (stored_row, row) in enumerate(pairs) if stored_row != row), None)
    return Verdict(one.number, one.last_epoch, digest(before), digest(now), difference)


def _compared(row: EpochRow) -> Row:
    """The row's values as the database keeps them: -0.0 is 0.0 there."""
    return tuple(_kept(getattr(row, name)) for name in COMPARED)


def _kept(value: int | float | None) -> int | float | None:
    return value + 0.0 if isinstance(value, float) else value


def _text(value: int | float | None) -> str:
    return value.hex() if isinstance(value, float) else str(value)
