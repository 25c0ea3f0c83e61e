"""What a search has come to: every configuration's result, the best so far, and with two metrics their front. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sweeps.search.results import Results
from sweeps.spec import Metric


@dataclass(frozen=True)
class SearchStep:
    """The results of one configuration, in the order of proposal.

    `best_so_far`: of the first metric, up to here. `on_front`: no other configuration is as good in all metrics and
    better in one (Pareto); with one metric the best.
    """

    results: Results | None
    best_so_far: float | None
    on_front: bool


def steps_of(results: Sequence[Results | None], metrics: Sequence[Metric]) -> tuple[SearchStep, ...]:
    """The steps of a search from the results of its configurations."""
    losses = [None if one is None else _losses(one, metrics) for one in results]
    known = [one for one in losses if one is not None]
    steps = []
    best: tuple[float, float] | None = None
    for one, loss in zip(results, losses, strict=True):
        if one is not None and loss is not None and (best is None or loss[0] < best[0]):
            best = loss[0], one[0]
        front = loss is not None and not any(_dominates(other, loss) for other in known)
        steps.append(SearchStep(one, None if best is None else best[1], front))
    return tuple(steps)


def _losses(results: Results, metrics: Sequence[Metric]) -> Results:
    """The results, less being better."""
    return tuple(value if metric.goal == "minimize" else -value for value, metric in zip(results, metrics, strict=True))


def _dominates(one: Results, other: Results) -> bool:
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
