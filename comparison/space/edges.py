"""Where in its range the best value of a numeric hyperparameter lies: inside, or at an edge that may hide a better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from comparison.importance.observations import Observation
from comparison.space.next_values import next_list, next_range
from comparison.space.scale import Scale, numbers, scale_of
from sweeps.distributions.base import Distribution

EDGE = 0.1  # of a drawn range's width
TOP_SHARE = 0.1  # of the configurations are the best ones
FEWEST_TOP = 5
BINS = 10


@dataclass(frozen=True)
class AuditedRange:
    """A numeric hyperparameter. `best`: its value in the best configuration; `edge`: low or high if it lies there.

    `top_at_edge` of the `top` best configurations lie at that edge. `tried` of `of`: different values of a list, or
    tenths of a drawn range that a configuration fell into. `try_next`: its section of the next sweep's file, or None
    where the registry leaves nothing to try.
    """

    name: str
    low: float
    high: float
    drawn: bool
    best: float
    edge: str | None
    top_at_edge: int
    top: int
    tried: int
    of: int
    try_next: Mapping[str, Any] | None


def audited_ranges(
    points: Sequence[Observation],
    everything: Sequence[Observation],
    swept: Sequence[str],
    listed: Mapping[str, Sequence[object]],
    drawn: Mapping[str, Distribution],
) -> tuple[AuditedRange, ...]:
    """Of every swept hyperparameter whose values are numbers; `points` must not be empty.

    `points`: those with a loss, which can be best; `everything`: with those that diverged, which were tried too.

    `listed`, `drawn`: the sweep's own lists and distributions by name; a hyperparameter in neither counts as a list of
    the values that were tried.
    """
    ordered = sorted(points, key=lambda point: point.loss)
    top = ordered[: max(FEWEST_TOP, round(TOP_SHARE * len(ordered)))]
    found = []
    for name in swept:
        tried = numbers([point.values[name] for point in everything])
        if tried is None or (len(tried) < 2 and name not in drawn):
            continue
        best = [float(point.values[name]) for point in top]  # type: ignore[arg-type]
        if name in drawn:
            found.append(_range(name, tried, best, drawn[name]))
        else:
            found.append(_list(name, tried, best, numbers(listed.get(name, ())) or tried))  # type: ignore[arg-type]
    return tuple(found)


def _list(name: str, tried: Sequence[float], best: Sequence[float], listed: Sequence[float]) -> AuditedRange:
    whole = sorted({*listed, *tried})
    edge = "low" if best[0] == whole[0] else "high" if best[0] == whole[-1] else None
    end = whole[0] if edge == "low" else whole[-1]
    at_edge = sum(value == end for value in best) if edge else 0
    return AuditedRange(
        name=name,
        low=whole[0],
        high=whole[-1],
        drawn=False,
        best=best[0],
        edge=edge,
        top_at_edge=at_edge,
        top=len(best),
        tried=len(tried),
        of=len(whole),
        try_next=next_list(name, whole, best[0], edge),
    )


def _range(name: str, tried: Sequence[float], best: Sequence[float], drawn: Distribution) -> AuditedRange:
    scale = _scale(tried, drawn)
    edge = _edge(scale.place(best[0]))
    return AuditedRange(
        name=name,
        low=scale.low,
        high=scale.high,
        drawn=True,
        best=best[0],
        edge=edge,
        top_at_edge=sum(_edge(scale.place(value)) == edge for value in best) if edge else 0,
        top=len(best),
        tried=len({min(BINS - 1, max(0, int(BINS * scale.place(value)))) for value in tried}),
        of=BINS,
        try_next=next_range(name, scale, best, edge),
    )


def _scale(tried: Sequence[float], drawn: Distribution) -> Scale:
    """Between the distribution's ends, or the lowest and highest value tried where it has none."""
    low, high = drawn.ends
    return scale_of(low if isfinite(low) else tried[0], high if isfinite(high) else tried[-1])


def _edge(place: float) -> str | None:
    return "low" if place <= EDGE else "high" if place >= 1 - EDGE else None
