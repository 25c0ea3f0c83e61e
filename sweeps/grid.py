"""The configurations of a grid: parameters in the document's order, the last varies fastest. W&B sorts them by name.

Parameters with a condition come after those it asks about. Called by `sweeps.planning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from engine.hyperparameters import Configuration
from sweeps.space import Space
from sweeps.spec import SweepSpec


def configurations(spec: SweepSpec) -> Iterator[Configuration]:
    """Every allowed combination, at most `run_cap`; what is not given or does not exist has its default."""
    points = (Configuration(**values) for values in _points(spec.space, 0, {}))  # the values are canonical already
    return islice(points, spec.run_cap)


def _points(space: Space, index: int, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The points of the axes from `index` on; a constraint is judged as soon as it can be."""
    if index == len(space.axes):
        yield values
        return
    axis = space.axes[index]
    for point in axis.points if space.exists(axis, values) else ((),):
        extended = {**values, **dict(zip(axis.names, point, strict=False))}
        if all(one.holds(extended) for one in space.due[index]):
            yield from _points(space, index + 1, extended)
