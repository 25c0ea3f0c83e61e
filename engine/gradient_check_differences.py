"""The two gradients that `gradient_check` compares, both taken from trainings of one update.

The trial's configuration makes that update plain SGD with a learning rate of 1 over all samples at once: it takes
away the gradient itself, and the running mean of the cost is the cost before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.splitting import SplitData
from engine.state import TrialState
from engine.training import Training
from engine.trials import Trial

TOLERANCE = 1e-6
STEP = 1e-5
# A step that crosses the kink of a ReLU sees two slopes: such a number is tried again with smaller steps. A gradient
# that is wrong agrees at none of them.
_SHRINKING = (1.0, 1 / 30, 1 / 900)
_TRIALS_AT_ONCE = 64

Arrays = dict[str, NDArray[np.float64]]
Place = tuple[str, int]  # an array's name, an index into it as a flat one


def analytic_gradient(trial: Trial, data: SplitData, start: Arrays) -> tuple[float, Arrays]:
    """Cost with penalty, and the gradient: what the one update took away."""
    [(cost, after)] = _trained(trial, data, [start])
    return cost + _penalty(trial, start), {name: start[name] - after[name] for name in start}


def numeric_gradient(
    trial: Trial, data: SplitData, start: Arrays, places: Sequence[Place], analytic: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Central differences at these places; where they disagree, the best of those with smaller steps."""
    numeric = np.full(len(places), np.inf)
    for shrinking in _SHRINKING:
        open_ = [i for i in range(len(places)) if not _agree(analytic[i], numeric[i])]
        tried = _central_differences(trial, data, start, [places[i] for i in open_], shrinking * STEP)
        for i, value in zip(open_, tried, strict=True):
            if abs(value - analytic[i]) < abs(numeric[i] - analytic[i]):
                numeric[i] = value
    return numeric


def _agree(analytic: float, numeric: float) -> bool:
    return bool(abs(analytic - numeric) <= TOLERANCE * max(abs(analytic), abs(numeric)) < np.inf)


def _central_differences(
    trial: Trial, data: SplitData, start: Arrays, places: Sequence[Place], step: float
) -> NDArray[np.float64]:
    """(C(p + h) - C(p - h)) / 2h for each place; h grows with the number at the place where that is above 1."""
    shifted, widths = [], []
    for name, index in places:
        pair = []
        for sign in (1, -1):
            moved = start[name].copy()
            moved.flat[index] += sign * step * max(1.0, abs(float(moved.flat[index])))
            pair.append({**start, name: moved})
        shifted += pair
        widths.append(pair[0][name].flat[index] - pair[1][name].flat[index])
    costs = np.array(
        [
            cost + _penalty(trial, arrays)
            for (cost, _), arrays in zip(_trained(trial, data, shifted), shifted, strict=True)
        ]
    )
    return np.asarray((costs[::2] - costs[1::2]) / np.array(widths))


def _trained(
    trial: Trial, data: SplitData, starts: Sequence[Arrays]
) -> Iterator[tuple[float, Mapping[str, NDArray[Any]]]]:
    """For each start the cost there, without penalty, and the parameters after the one update."""
    for first in range(0, len(starts), _TRIALS_AT_ONCE):
        states = [TrialState(0, 0, arrays) for arrays in starts[first : first + _TRIALS_AT_ONCE]]
        training = Training([trial] * len(states), data, states, layer_health=False)
        record = next(training.epochs())
        after = training.states()
        for position, cost in enumerate(record.train_cost):
            yield float(cost), after[position].arrays


def _penalty(trial: Trial, arrays: Arrays) -> float:
    """l2/2 times the sum of squared weights, biases and slopes excluded."""
    squares = (float((one**2).sum()) for name, one in arrays.items() if name.startswith("weights"))
    return trial.configuration.l2 / 2 * sum(squares)
