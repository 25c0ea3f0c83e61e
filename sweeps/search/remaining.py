"""The allowed configurations that a search has not proposed yet, found without its sampler.

Asked by `sweeps.search.proposals` where a sampler repeats itself or finds what is forbidden: seeded random points
first, and once those give nothing new either, all points of the space. So what remains is found, and that nothing
remains is said (`used_up`) only where all of it was looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from random import Random
from typing import Any

from engine.hyperparameters import Configuration
from sweeps.axes import Axis
from sweeps.distributions.base import Distribution
from sweeps.distributions.int_uniform import IntUniform
from sweeps.distributions.quantised import Quantised
from sweeps.search.points import chosen, point_at
from sweeps.space import Space

Params = dict[str, float]  # quantile, rank or index by the first name of each axis that exists

MOST_MISSES = 500  # random draws in a row that give nothing new
MOST_STEPS = 1_000_000  # of a walk through the space: a value assigned, or a part of a constraint evaluated; seconds
STEPS_PER_CONFIGURATION = 20  # what making and comparing a whole configuration costs beside those
MOST_VALUES = 1000  # of a distribution whose values are gone through one by one
SOME_VALUES = 16  # of one that has more, or is not finite


def remaining(space: Space, seed: str, proposed: Collection[Configuration]) -> Iterator[Params]:
    """Allowed configurations that are not `proposed` at the time, each once; ends when no more are found."""
    random = Random(seed)
    misses = 0
    while misses < MOST_MISSES:
        params = _drawn(space, random)
        values = _values(space, params)
        if values is None or not space.allows(values) or Configuration(**values) in proposed:
            misses += 1
            continue
        misses = 0
        yield {name: place for name, place in params.items() if name in values}
    left = [(one, params) for one, params in _Walk(space, random).configurations() if one not in proposed]
    random.shuffle(left)
    for one, params in left:
        if one not in proposed:
            yield params


def used_up(space: Space, seed: str, proposed: Collection[Configuration]) -> str:
    """Why a search that found no more has ended: that all were proposed only where that is so."""
    walk = _Walk(space, Random(seed))
    allowed = {one for one, _ in walk.configurations()}
    if walk.complete and allowed <= frozenset(proposed):
        return f"no more configurations: all {len(allowed):,} of the space that its constraints allow were proposed"
    return (
        f"no more configurations were found: {MOST_MISSES:,} random draws and the search's own gave none that differs "
        "and that its constraints allow; there may be more"
    )


def _drawn(space: Space, random: Random) -> Params:
    return {
        axis.names[0]: random.random() if axis.distribution is not None else random.randrange(len(axis.points))
        for axis in space.axes
    }


def _values(space: Space, params: Params) -> dict[str, Any] | None:
    return chosen(space, lambda axis: params[axis.names[0]])


class _Walk:
    """Through the points of a space, in random order. `complete`: after it, whether it came to all of them."""

    def __init__(self, space: Space, random: Random) -> None:
        self._space, self._random = space, random
        listed = [_places(axis) for axis in space.axes]
        self.complete = all(places is not None for places in listed)
        some = [[random.random() for _ in range(SOME_VALUES)] if places is None else places for places in listed]
        self._options = [_options(axis, places) for axis, places in zip(space.axes, some, strict=True)]
        self._steps = 0

    def configurations(self) -> Iterator[tuple[Configuration, Params]]:
        """Every allowed one, each once."""
        seen = set()
        for values, params in self._below(0, {}, {}):
            self._steps += STEPS_PER_CONFIGURATION
            one = Configuration(**values)
            if one not in seen:
                seen.add(one)
                yield one, params

    def _below(self, index: int, values: dict[str, Any], params: Params) -> Iterator[tuple[dict[str, Any], Params]]:
        """The points of the axes from `index` on; a constraint is judged as soon as it can be."""
        if index == len(self._space.axes):
            yield values, params
            return
        for more_values, more_params in self._choices(index, values):
            if self._steps >= MOST_STEPS:
                self.complete = False
                return
            self._steps += 1 + sum(one.expression.parts for one in self._space.due[index])
            extended = values | more_values
            if all(one.holds(extended) for one in self._space.due[index]):
                yield from self._below(index + 1, extended, params | more_params)

    def _choices(self, index: int, values: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Params]]:
        axis = self._space.axes[index]
        if not self._space.exists(axis, values):
            yield {}, {}
            return
        yield from self._random.sample(self._options[index], len(self._options[index]))


def _options(axis: Axis, places: Sequence[float]) -> list[tuple[dict[str, Any], Params]]:
    """What each of these places of an axis adds to the values and to the point."""
    points = ((place, point_at(axis, place)) for place in places)
    return [
        (dict(zip(axis.names, point, strict=True)), {axis.names[0]: place})
        for place, point in points
        if point is not None
    ]


def _places(axis: Axis) -> Sequence[float] | None:
    """A quantile, rank or index for each point of an axis; None where there are too many or they are not finite."""
    return range(len(axis.points)) if axis.distribution is None else _quantiles(axis.distribution)


def _quantiles(distribution: Distribution) -> Sequence[float] | None:
    """A quantile for each value, in the middle of those that give it; None where there are too many."""
    if not isinstance(distribution, IntUniform | Quantised):
        return None
    cells = 2**40

    def value(cell: int) -> float:
        return distribution.inverse((cell + 0.5) / cells)

    found: list[float] = []
    first = 0
    while first < cells:
        if len(found) == MOST_VALUES:
            return None
        after = bisect_right(range(cells), value(first), lo=first, key=value)
        found.append((first + after) / 2 / cells)
        first = after
    return found
