"""A configuration as a sampler sees it: one number, rank or index for each axis that exists.

An axis with a distribution is its quantile in [0, 1], so that the prior is exactly the document's; a list of numbers is
the rank among the sorted values; any other list is the index of the point. Called by `sweeps.search.proposals` and
`sweeps.search.remaining`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS
from sweeps.axes import Axis, Point
from sweeps.parsing.distribution_forms import taken
from sweeps.space import Space

if TYPE_CHECKING:
    from optuna.trial import Trial

EDGE = 1e-9  # quantiles keep this distance from 0 and 1, where a distribution may be infinite


def suggested(space: Space, trial: Trial) -> dict[str, Value] | None:
    """The values that the study suggests for every axis that exists, or None where one is out of its range."""
    return chosen(space, lambda axis: _asked(axis, trial))


def chosen(space: Space, choose: Callable[[Axis], float]) -> dict[str, Value] | None:
    """The values of every axis that exists, by its quantile, rank or index; None where one is out of its range."""
    values: dict[str, Value] = {}
    for axis in space.axes:
        if not space.exists(axis, values):
            continue
        point = point_at(axis, choose(axis))
        if point is None:
            return None
        values |= zip(axis.names, point, strict=True)
    return values


def point_at(axis: Axis, place: float) -> Point | None:
    """The point of an axis at its quantile, rank or index; None where it is out of the hyperparameter's range."""
    if axis.distribution is not None:
        value = taken(HYPERPARAMETERS[axis.names[0]], axis.distribution, min(max(place, EDGE), 1 - EDGE))
        return None if value is None else (value,)
    return sorted(axis.points)[int(place)] if ranked(axis) else axis.points[int(place)]


def _asked(axis: Axis, trial: Trial) -> float:
    name = axis.names[0]
    if axis.distribution is not None:
        return trial.suggest_float(name, 0.0, 1.0)
    if ranked(axis):
        return trial.suggest_int(name, 0, len(axis.points) - 1)
    return trial.suggest_categorical(name, range(len(axis.points)))


def ranked(axis: Axis) -> bool:
    """Whether its points are numbers of one parameter, so that neighbours in size are neighbours in effect."""
    numbers = (
        isinstance(value, int | float) and not isinstance(value, bool) for point in axis.points for value in point
    )
    return len(axis.names) == 1 and all(numbers)
