"""The networks that are measured: sigmoid throughout, sum of squares, plain SGD, float32. Light: no NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Workload:
    """`sizes`: units from input to output. Each epoch ends with a smaller batch if need be.

    `dataset`: a built-in set, or "" for random numbers of this shape (the time does not depend on the numbers).
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    train_samples: int
    validation_samples: int
    dataset: str = ""

    @property
    def updates(self) -> int:
        """Updates of one epoch."""
        return -(-self.train_samples // self.batch)

    @property
    def layers(self) -> list[tuple[int, int]]:
        """(from, to) of every weight layer."""
        return list(pairwise(self.sizes))


# The two wide ones have few samples, so that an epoch of 256 trials stays measurable; the ratio of training to
# validation samples, which is what evaluation costs, is the same 4 to 1 everywhere.
WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("digits", (64, 32, 10), 32, 1438, 359, "digits"),
        Workload("mnist-shape", (784, 128, 64, 10), 32, 500, 125),
        Workload("nielsen", (784, 30, 10), 10, 500, 125),
        Workload("tiny", (2, 8, 1), 16, 320, 80),
    )
}
TRIALS = (1, 16, 64, 256)
