"""How many trials a job should hold: enough to amortise Python, few enough to spread and to feel live.

Three wishes that pull apart (see docs/architecture.md, Fusing). A fused update pays Python once for all its trials,
so 16 or more; every worker should have a few jobs, so that all end at about the same time; and a job should last a
few seconds, so that cancelling and progress feel live. How long it lasts says `engine.cost_model`. Memory bounds all.
"""

from __future__ import annotations

from bisect import bisect_right
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
    """Trials that may be fused. `seconds`, `memory`: number of trials in one job -> its seconds, its bytes."""

    trials: int
    replicates: int
    seconds: Callable[[int], float]
    memory: Callable[[int], int]


def trials_per_job(groups: Sequence[Group], workers: int, seconds_per_job: float | None = None) -> list[int]:
    """The most trials a job of each group should hold; `seconds_per_job`: where the user says how long one may last."""
    if seconds_per_job is not None:
        fitting = [(group, _fitting(group, seconds_per_job, 1)) for group in groups]
        return [_within(group, size // group.replicates * group.replicates or size) for group, size in fitting]
    whole = sum(_alone(group) for group in groups)
    seconds = min(USUAL_SECONDS, whole / (JOBS_PER_WORKER * max(1, workers)))
    return [_size(group, seconds, max(1, workers)) for group in groups]


def _alone(group: Group) -> float:
    """Seconds of all its trials, in the largest jobs there are: the least they can take."""
    jobs = -(-group.trials // MOST_TRIALS)
    return jobs * group.seconds(-(-group.trials // jobs))


def _size(group: Group, seconds: float, workers: int) -> int:
    fewest = min(FEWEST_TRIALS, _fitting(group, LONGEST_SECONDS, 1))
    wished = _fitting(group, seconds, fewest)
    # Parts of equal size must not fall below the fewest: 24 trials stay together rather than become 12 and 12.
    parts = max(1, min(-(-group.trials // wished), group.trials // fewest))
    if parts > 1:  # equal jobs in whole rounds: in a last round that is half empty, half the workers idle
        parts = min(-(-parts // workers) * workers, max(parts, group.trials // fewest))
    return _within(group, -(-group.trials // parts))


def _fitting(group: Group, seconds: float, fewest: int) -> int:
    """The most trials that take no longer than this together, from `fewest` to `MOST_TRIALS`."""
    return fewest + bisect_right(range(fewest + 1, MOST_TRIALS + 1), seconds, key=group.seconds)


def _within(group: Group, size: int) -> int:
    """The size as whole configurations, and within the memory."""
    size = _whole_configurations(size, group.replicates)
    while size > 1 and group.memory(size) > MOST_BYTES:
        size //= 2
    return size


def _whole_configurations(size: int, replicates: int) -> int:
    """The size, changed to hold whole configurations if it holds one at all."""
    if size < replicates:
        return size
    larger = -(-size // replicates) * replicates
    return larger if larger <= MOST_TRIALS else size // replicates * replicates
