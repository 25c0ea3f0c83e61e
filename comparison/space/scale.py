"""The scale of a numeric hyperparameter's values: linear, or logarithmic where they span a factor of ten or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from engine.hyperparameter_kinds import Value

FACTOR = 10.0


@dataclass(frozen=True)
class Scale:
    """`low` and `high`: the ends in values; places run from 0 at `low` to 1 at `high`, and on beyond."""

    low: float
    high: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """Where the value lies; 0.5 where both ends are the same."""
        low, high, at = (self._placed(one) for one in (self.low, self.high, value))
        return 0.5 if low == high else (at - low) / (high - low)

    def value(self, place: float) -> float:
        """The value there, to three digits."""
        low, high = self._placed(self.low), self._placed(self.high)
        at = low + place * (high - low)
        return float(f"{exp(at) if self.logarithmic else at:.3g}")

    def _placed(self, value: float) -> float:
        return log(value) if self.logarithmic else value


def scale_of(low: float, high: float) -> Scale:
    """The scale between two ends."""
    return Scale(low, high, low > 0 and high >= FACTOR * low)


def numbers(values: Sequence[Value]) -> list[float] | None:
    """The different values, ascending, or None where they are not all numbers."""
    found: list[float] = []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        found.append(value)
    return sorted(set(found))
