"""What curves are drawn and compared over: epochs, updates, samples, operations or seconds. Called by the API.

Equal epochs are unequal work: a smaller batch makes more updates of an epoch, a larger network more operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from comparison.judging import ENDED
from comparison.outcomes.base import Outcome
from engine.hyperparameter_kinds import Value


class Axis(StrEnum):
    """One member per axis; all are 0 at epoch 0 but seconds, which begin with the first evaluation."""

    EPOCHS = "epochs"
    UPDATES = "updates"  # mini-batches
    SAMPLES = "samples"  # training samples seen, each epoch all of them
    FLOPS = "flops"  # floating-point operations of the training, without evaluation (`engine.operations`)
    SECONDS = "seconds"  # the trial's share of its job's time, evaluation included: depends on the machine


@dataclass(frozen=True)
class Replicate:
    """One trial's curve of one metric, from epoch 0 without gap; `values` are None where not finite or not defined.

    `seeds`: what it has in common with the trials it may be paired with. `diverged_epoch`: from which on its cost was
    not finite, or None.
    """

    trial_id: int
    number: int
    seeds: tuple[int, ...]
    state: str
    outcome: str | None
    diverged_epoch: int | None
    values: Sequence[float | None]
    updates: Sequence[int]
    epoch_seconds: Sequence[float]

    @property
    def ended(self) -> bool:
        """Whether it has a result."""
        return self.state in ENDED and len(self.values) > 0

    @property
    def diverged(self) -> bool:
        """Whether its loss is infinite."""
        return self.outcome == Outcome.DIVERGED or self.diverged_epoch is not None


@dataclass(frozen=True)
class Replicated:
    """A configuration with the curves of its replicates, and how much work one epoch of it is.

    `split`: what its training and validation sets follow from; `dataset`: name and content of them.
    """

    sweep_id: int
    configuration_number: int
    values: Mapping[str, Value]
    dataset: tuple[str, str]
    split: tuple[float, int]
    samples_per_epoch: int
    operations_per_epoch: int
    replicates: tuple[Replicate, ...]


def places(axis: Axis, configuration: Replicated, replicate: Replicate) -> list[float]:
    """Where on the axis each epoch of the curve lies, epoch 0 first; never falling."""
    epochs = range(len(replicate.values))
    if axis is Axis.UPDATES:
        return [float(updates) for updates in replicate.updates]
    if axis is Axis.SECONDS:
        return list(accumulate(replicate.epoch_seconds))
    per_epoch = {Axis.SAMPLES: configuration.samples_per_epoch, Axis.FLOPS: configuration.operations_per_epoch}
    return [float(epoch * per_epoch.get(axis, 1)) for epoch in epochs]
