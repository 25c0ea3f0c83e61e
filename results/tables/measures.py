"""The type of measured numbers: what is not finite is NULL, in every database alike."""

from __future__ import annotations

import math

from sqlalchemy import Dialect, Float
from sqlalchemy.types import TypeDecorator


class Measure(TypeDecorator[float]):
    """A double; NaN and infinities become NULL, and -0.0 becomes 0.0, which is all that SQLite can keep."""

    impl = Float
    cache_ok = True

    @property
    def python_type(self) -> type[float]:
        """What comes out of it."""
        return float

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """The number as it is stored."""
        if value is None or not math.isfinite(value):
            return None
        return float(value) + 0.0  # -0.0 + 0.0 is 0.0
