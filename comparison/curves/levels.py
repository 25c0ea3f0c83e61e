"""Best and final cost, and the area under a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import trapezoid


@dataclass(frozen=True)
class Levels:
    """Where a cost was; None: not finite. Of equal costs the first is the best.

    `area`: under the curve over epochs 0 to the last, by the trapezoidal rule, in units of cost times epochs;
    `mean`: the area over the epochs. Both are infinite, so None, where a cost is not finite.
    """

    best: float | None
    best_epoch: int | None
    final: float | None
    area: float | None
    mean: float | None


def levels(costs: Sequence[float | None]) -> Levels:
    """The levels of one cost by epoch."""
    finite = [(cost, epoch) for epoch, cost in enumerate(costs) if cost is not None]
    best, best_epoch = min(finite, default=(None, None))
    area = float(trapezoid(np.array(costs, dtype=np.float64))) if costs and len(finite) == len(costs) else None
    mean = area / (len(costs) - 1) if area is not None and len(costs) > 1 else None
    return Levels(best, best_epoch, costs[-1] if costs else None, area, mean)
