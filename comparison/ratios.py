"""Ratios of losses, as logarithms, with a bound that stands for infinite: so medians and ranks stay finite."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

BOUND = 60.0  # exp(60) = 1e26: no two costs that both mean something differ so
Numbers = NDArray[np.float64]


def log_ratios(losses: Numbers, references: Numbers) -> Numbers:
    """The logarithm of loss / reference, elementwise, within +-`BOUND`.

    +`BOUND` where the loss alone is infinite (diverged) or the reference alone is 0, -`BOUND` the other way round, 0
    where both are equal.
    """
    equal = losses == references
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(losses) - np.log(references)
    return np.where(equal, 0.0, np.clip(np.nan_to_num(logs, posinf=BOUND, neginf=-BOUND), -BOUND, BOUND))


def ratio(log: float | None) -> float | None:
    """The ratio; None where it is infinite, or not known."""
    if log is None or log >= BOUND / 2:
        return None
    return 0.0 if log <= -BOUND / 2 else math.exp(log)
