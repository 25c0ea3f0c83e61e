"""What to try next of a hyperparameter, as its section of a sweep file; only values that the registry takes.

Used by `comparison.space.edges`. At an edge the range goes on beyond it; inside, it closes in on the best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from comparison.space.scale import Scale
from engine.errors import InvalidHyperparameter
from engine.hyperparameter_kinds import Integer
from engine.hyperparameters import HYPERPARAMETERS

BEYOND = 2  # values past the edge of a list
FURTHER = 0.5  # of the width of a range
MARGIN = 0.1  # of the width, on either side of where the best configurations lie


def next_list(name: str, listed: Sequence[float], best: float, edge: str | None) -> dict[str, Any] | None:
    """New values for a list with the best one, ascending; None where there is none between or beyond.

    Beyond an edge they go on in the step of the two outermost values: a factor where all are above 0, a difference
    else. Inside they lie midway between the best and its neighbours.
    """
    at = listed.index(best)
    by_factor = listed[0] > 0
    if edge is not None:
        inner, outer = (listed[1], listed[0]) if edge == "low" else (listed[-2], listed[-1])
        wanted = [_step(inner, outer, step, by_factor) for step in range(1, BEYOND + 1)]
    else:
        wanted = [_between(best, other, by_factor) for other in (*listed[at - 1 : at], *listed[at + 1 : at + 2])]
    new = [value for value in _taken(name, wanted) if value not in listed]
    return {"values": sorted([*_taken(name, [best]), *new])} if new else None


def next_range(name: str, scale: Scale, best: Sequence[float], edge: str | None) -> dict[str, Any] | None:
    """A new range for a drawn hyperparameter: where the `best` configurations lie, and on beyond the edge."""
    places = [scale.place(value) for value in best]
    low, high = min(places) - MARGIN, max(places) + MARGIN
    low = -FURTHER if edge == "low" else max(0.0, low)
    high = 1 + FURTHER if edge == "high" else min(1.0, high)
    ends = [*_taken(name, [scale.value(low)]), *_taken(name, [scale.value(high)])]
    if len(ends) < 2:  # the registry does not take an end: the old one stays
        ends = _taken(name, [scale.value(max(0.0, low)), scale.value(min(1.0, high))])
    if len(ends) < 2 or ends[0] >= ends[1] or (low, high) == (0.0, 1.0):
        return None
    if isinstance(HYPERPARAMETERS[name].kind, Integer):
        return {"distribution": "int_uniform", "min": ends[0], "max": ends[1]}
    form = "log_uniform_values" if scale.logarithmic else "uniform"
    return {"distribution": form, "min": ends[0], "max": ends[1]}


def _step(inner: float, outer: float, steps: int, by_factor: bool) -> float:
    return outer * (outer / inner) ** steps if by_factor else outer + steps * (outer - inner)


def _between(one: float, other: float, by_factor: bool) -> float:
    return float((one * other) ** 0.5) if by_factor else (one + other) / 2


def _taken(name: str, wanted: Iterable[float]) -> list[Any]:
    """Those that the registry takes, in its own type, to three digits."""
    entry = HYPERPARAMETERS[name]
    whole = isinstance(entry.kind, Integer)
    found: list[Any] = []
    for value in wanted:
        try:
            found.append(entry.parse(round(value) if whole else float(f"{value:.3g}")))
        except (InvalidHyperparameter, OverflowError):
            continue
    return list(dict.fromkeys(found))
