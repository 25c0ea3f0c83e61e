"""The axes of a search space: what varies independently. One parameter each, or several that are tied.

Made from a sweep's parameters by `sweeps.parsing.structure`; held by `sweeps.space`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from engine.hyperparameter_kinds import Value
from sweeps.conditions import Conditions
from sweeps.distributions.base import Distribution
from sweeps.parsing.parameters import Parameters
from sweeps.parsing.ties import Ties

Point = tuple[Value, ...]  # a value for each of an axis's names


@dataclass(frozen=True)
class Axis:
    """`names` vary together through `points`, or one name is drawn from `distribution`.

    `sums`: the points' shares in a random draw, where not equal, each added to those before it.
    """

    names: tuple[str, ...]
    points: tuple[Point, ...] = ()
    sums: tuple[float, ...] = ()
    distribution: Distribution | None = None

    @property
    def size(self) -> int | None:
        """How many points it has; None where that is unknown or not finite."""
        return len(self.points) if self.distribution is None else self.distribution.size


def axes_of(parameters: Parameters, ties: Ties, conditions: Conditions) -> tuple[Axis, ...]:
    """The axes in the document's order, but for parameters with a condition: they come after those it asks about."""
    tie_of = {name: tie for tie in ties for name in tie}
    waiting = list(dict.fromkeys(tie_of.get(name, (name,)) for name in parameters))
    found: dict[str, Axis] = {}
    while waiting:
        names = next(names for names in waiting if all(other in found for other in conditions.get(names[0], ())))
        waiting.remove(names)
        axis = _tied(names, parameters) if len(names) > 1 else _single(names[0], parameters)
        found |= dict.fromkeys(names, axis)
    return tuple(dict.fromkeys(found.values()))


def _single(name: str, parameters: Parameters) -> Axis:
    parameter = parameters[name]
    if parameter.drawn is not None:
        return Axis((name,), distribution=parameter.drawn.distribution)
    weights = [one.weight for one in parameter.given]
    sums = tuple(accumulate(weights)) if len(set(weights)) > 1 else ()
    return Axis((name,), tuple((one.value,) for one in parameter.given), sums)


def _tied(names: tuple[str, ...], parameters: Parameters) -> Axis:
    columns = [[one.value for one in parameters[name].listed] for name in names]
    return Axis(names, tuple(dict.fromkeys(zip(*columns, strict=True))))
