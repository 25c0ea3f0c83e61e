"""What a target took: epochs, updates, samples, operations and seconds until it was reached for good.

"For good" is patience: the target must hold at the `patience` epochs that follow, too, so that one lucky epoch does
not count. After time to accuracy (Coleman et al., *DAWNBench*, 2017), with the patience of early stopping (Prechelt,
*Early Stopping - But When?*, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comparison.curves.course import Course

PATIENCE = 2  # epochs: with the first, three in a row


@dataclass(frozen=True)
class Effort:
    """What a validation cost took; all None where it was not reached for good.

    `first_epoch`: the first epoch at or below it, lucky or not. The others are at the epoch from which it held, the
    patience not counted; `seconds` is the trial's share of the training time, epoch 0 included.
    """

    target: float
    first_epoch: int | None
    epoch: int | None
    updates: int | None
    samples: int | None
    operations: int | None
    seconds: float | None


def efforts(course: Course, targets: Sequence[float], patience: int = PATIENCE) -> tuple[Effort, ...]:
    """The effort for each target, in their order; a target reached in the last `patience` epochs did not hold yet."""
    return tuple(_effort(course, target, patience) for target in targets)


def _effort(course: Course, target: float, patience: int) -> Effort:
    below = [cost is not None and cost <= target for cost in course.validation_cost]
    first = next((epoch for epoch, reached in enumerate(below) if reached), None)
    starts = range(len(below) - patience)
    epoch = next((start for start in starts if all(below[start : start + patience + 1])), None)
    if epoch is None:
        return Effort(target, first, None, None, None, None, None)
    return Effort(
        target=target,
        first_epoch=first,
        epoch=epoch,
        updates=course.updates[epoch],
        samples=epoch * course.samples_per_epoch,
        operations=epoch * course.operations_per_epoch.total,
        seconds=sum(course.epoch_seconds[: epoch + 1]),
    )
