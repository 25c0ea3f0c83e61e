"""A configuration as a sampler sees it: one number, rank or index for each axis that exists.

An axis with a distribution is its quantile in [0, 1], so that the prior is exactly the document's; a list of numbers is
the rank among the sorted values; any other list is the index of the point. Called by `sweeps.search.proposals`.
"""

from __future__ import annotations

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
    values: dict[str, Value] = {}
    for axis in space.axes:
        if not space.exists(axis, values):
            continue
        point = _point(axis, trial)
        if point is None:
            return None
        values |= zip(axis.names, point, strict=True)
    return values


def _point(axis: Axis, trial: Trial) -> Point | None:
    name = axis.names[0]
    if axis.distribution is not None:
        share = min(max(trial.suggest_float(name, 0.0, 1.0), EDGE), 1 - EDGE)
        value = taken(HYPERPARAMETERS[name], axis.distribution, share)
        return None if value is None else (value,)
    if ranked(axis):
        return sorted(axis.points)[trial.suggest_int(name, 0, len(axis.points) - 1)]
    return axis.points[trial.suggest_categorical(name, range(len(axis.points)))]


def ranked(axis: Axis) -> bool:
    """Whether its points are numbers of one parameter, so that neighbours in size are neighbours in effect."""
    numbers = (
        isinstance(value, int | float) and not isinstance(value, bool) for point in axis.points for value in point
    )
    return len(axis.names) == 1 and all(numbers)
