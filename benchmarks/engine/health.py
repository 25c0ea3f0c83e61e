"""What layer health costs: our epochs with it over the same epochs without, in turns."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.engine.measuring import Effort, Spread, measure
from benchmarks.engine.peers.ours import Ours
from benchmarks.engine.problem import Problem


class _WithHealth(Ours):
    name = "backsweep, layer health on"
    layer_health = True


@dataclass(frozen=True)
class HealthCost:
    """`ratio`: time of an epoch with layer health over the time without, both with evaluation."""

    workload: str
    trials: int
    ratio: Spread


def health_cost(problem: Problem, effort: Effort) -> HealthCost:
    """Measured with twice the rounds of the peers: the difference is small."""
    _, with_health = measure(problem, (Ours, _WithHealth), True, Effort(2 * effort.rounds, effort.seconds))
    return HealthCost(problem.workload.name, problem.trials, with_health.ratio)
