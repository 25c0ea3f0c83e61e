"""Slow swings of a cost: the turns between rises and falls that take many epochs, whatever the steps in between.

Read off by `reading`. `oscillating` looks for them, `converged` for none, and `diverged` must not take a rise for
growth that was undone before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]

LARGE = 0.2  # of the level: a change of this size is seen on a logarithmic axis
LARGE_SCALE = 0.02  # of the constant predictor's cost: and on a linear one
NOISES = 5.0  # what noise alone reaches from its lowest to its highest, over a few hundred medians of three
FIRST = 1.5  # times any later rise: then the first fall is how training begins, and no swing
NORMAL = 0.6745 * 6**0.5  # median absolute second difference of independent normal noise of deviation 1
MOST = 0.6  # of the time: how long the costs lie within their spread
FEWEST = 10  # epochs at the end that are looked at


@dataclass(frozen=True)
class Turn:
    """Where a rise ends and a fall begins, or the other way round; the ends of the curve are turns too."""

    epoch: int
    cost: float


class Swings:
    """The large rises and falls of a curve, medians of three epochs taken as its costs, so that no spike is one.

    `costs` from epoch 1 on; `scale` is the cost that differences are measured by.
    """

    def __init__(self, costs: Costs, scale: float) -> None:
        self._costs, self._scale = costs, scale
        self._half = max(FEWEST, len(costs) // 2)

    @cached_property
    def least(self) -> float:
        """The least change that is a swing."""
        latest = self._costs[-self._half :]
        end = latest[-max(2 * FEWEST, len(self._costs) // 10) :]  # where the cost has jumped, its noise has too
        noise = max(_noise(latest), _noise(end))
        return max(LARGE * _quantile(latest, 0.5), LARGE_SCALE * self._scale, NOISES * noise)

    @cached_property
    def is_lively(self) -> bool:
        """Whether the second half's costs lie a swing apart for most of the time: rare jumps do not count."""
        latest = np.sort(self._smooth[-self._half :])
        return _quantile(latest, (1 + MOST) / 2) - _quantile(latest, (1 - MOST) / 2) >= self.least

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """All turns in order, low and high by turns; none where nothing swings."""
        found = [Turn(place + 1, float(self._smooth[place])) for place in _turns(self._smooth.tolist(), self.least)]
        rises = [after.cost - before.cost for before, after in pairwise(found)]
        begins = len(rises) > 1 and -rises[0] > FIRST * max(rises)
        return tuple(found[1:] if begins else found)

    @property
    def undone_height(self) -> float:
        """The highest cost that a large rise reached and a large fall undid; minus infinity where there was none."""
        turns = self.turns
        peaks = [
            middle.cost
            for before, middle, after in zip(turns, turns[1:], turns[2:], strict=False)
            if before.cost < middle.cost > after.cost
        ]
        return max(peaks, default=-np.inf)

    @cached_property
    def _smooth(self) -> Costs:
        """Medians of three epochs; the first and the last are repeated."""
        padded = np.concatenate([self._costs[:1], self._costs, self._costs[-1:]])
        low, high = np.minimum(padded[:-2], padded[1:-1]), np.maximum(padded[:-2], padded[1:-1])
        medians: Costs = np.maximum(low, np.minimum(high, padded[2:]))
        return medians


def _noise(costs: Costs) -> float:
    """Standard deviation of the noise around a smooth course, from its bends: slow swings have next to none."""
    return _quantile(np.abs(np.diff(costs, 2)), 0.5) / NORMAL if len(costs) > 2 else 0.0


def _quantile(values: Costs, share: float) -> float:
    """The value that this share of the values does not reach: no interpolation, so it is fast."""
    return float(np.sort(values)[int(share * (len(values) - 1))])


def _turns(costs: list[float], least: float) -> list[int]:
    """Places of the extremes between which the costs change by `least` or more, the first and the last included."""
    places: list[int] = []
    low = high = 0
    rising = falling = False
    for place, cost in enumerate(costs):
        if cost > costs[high]:
            high = place
        if cost < costs[low]:
            low = place
        if not falling and costs[high] - cost >= least:
            places.append(high)
            rising, falling, low = False, True, place
        elif not rising and cost - costs[low] >= least:
            places.append(low)
            rising, falling, high = True, False, place
    if places:
        places.append(high if rising else low)
    return places
