"""Every configuration against the leader, and how sure its rank is. Called by `comparison.configurations`.

The leader was chosen by looking, so all pairs of configurations count as tested: Holm over k (k - 1) / 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from comparison.paired import Losses, against_reference
from comparison.rank_uncertainty import rank_intervals
from comparison.verdict import LossComparison, Scale


@dataclass(frozen=True)
class Standing:
    """How sure a configuration's place is.

    `against_leader`: its losses against the first one's on common seeds; None for the leader itself. `rank_low`,
    `rank_high`: the bootstrap's 95 % interval of its rank; `first_share`: in how many resamples it came first. These
    are None with fewer than 2 seeds that all ranked configurations have.
    """

    against_leader: LossComparison | None = None
    rank_low: float | None = None
    rank_high: float | None = None
    first_share: float | None = None


UNRANKED = Standing()


def standings(ranked: Sequence[Losses], scale: Scale = Scale.RATIO, wanted: range | None = None) -> list[Standing]:
    """One for each configuration in the order of the ranking, the leader first; losses are by replicate.

    `wanted`: the places that are to say how many more replicates would decide; None: all.
    """
    if not ranked:
        return []
    count = len(ranked)
    others = None if wanted is None else range(wanted.start - 1, wanted.stop - 1)  # among those that follow the leader
    verdicts = [None, *against_reference(ranked[0], ranked[1:], max(1, count * (count - 1) // 2), scale, others)]
    common = sorted(set.intersection(*(set(losses) for losses in ranked)), key=str)
    if len(common) < 2:
        return [Standing(verdict) for verdict in verdicts]
    table = np.array([[losses[seed] for seed in common] for losses in ranked])
    ends = zip(verdicts, *rank_intervals(table), strict=True)
    return [Standing(verdict, float(low), float(high), float(first)) for verdict, low, high, first in ends]
