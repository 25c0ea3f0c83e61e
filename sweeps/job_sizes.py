"""How many trials a job should hold: enough to amortise Python, few enough to spread and to feel live.

Three wishes that pull apart (see docs/architecture.md, Fusing). A fused update pays Python once for all its trials,
so 16 or more; every worker should have a few jobs, so that all end at about the same time; and a job should last a
few seconds, so that cancelling and progress feel live. Memory bounds all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

FEWEST_TRIALS = 16  # below, Python is a large share of the time
MOST_TRIALS = 256  # above, arrays leave the caches and nothing is gained
USUAL_SECONDS = 4.0  # how long a job may last where there is plenty of work
LONGEST_SECONDS = 30.0  # how long 16 trials may last before jobs get fewer; such trials are large, Python is not felt
JOBS_PER_WORKER = 3
MOST_BYTES = 512 * 2**20


@dataclass(frozen=True)
class Group:
    """Trials that may be fused. `memory`: number of trials in one job -> bytes it needs."""

    trials: int
    replicates: int
    seconds_per_trial: float
    memory: Callable[[int], int]


def trials_per_job(groups: Sequence[Group], workers: int) -> list[int]:
    """The most trials a job of each group should hold."""
    whole = sum(group.trials * group.seconds_per_trial for group in groups)
    seconds = min(USUAL_SECONDS, whole / (JOBS_PER_WORKER * max(1, workers)))
    return [_size(group, seconds) for group in groups]


def _size(group: Group, seconds: float) -> int:
    each = max(group.seconds_per_trial, 1e-9)
    fewest = max(1, min(FEWEST_TRIALS, int(LONGEST_SECONDS / each)))
    wished = min(max(int(seconds / each), fewest), MOST_TRIALS)
    # Parts of equal size must not fall below the fewest: 24 trials stay together rather than become 12 and 12.
    parts = max(1, min(-(-group.trials // wished), group.trials // fewest))
    size = _whole_configurations(-(-group.trials // parts), group.replicates)
    while size > 1 and group.memory(size) > MOST_BYTES:
        size //= 2
    return size


def _whole_configurations(size: int, replicates: int) -> int:
    """The size, changed to hold whole configurations if it holds one at all."""
    if size < replicates:
        return size
    larger = -(-size // replicates) * replicates
    return larger if larger <= MOST_TRIALS else size // replicates * replicates
