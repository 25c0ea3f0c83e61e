"""Swept values as coordinates of an Optuna study: a rank, a number, a logarithm or a name.

Used by `comparison.importance.study`. fANOVA weighs a coordinate's range evenly; so listed numbers enter by their rank,
each with the same weight, and numbers that span a factor of ten or more by their logarithm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

from engine.hyperparameter_kinds import Value

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

MOST_LISTED = 12  # more different numbers than this were drawn, not listed
FACTOR = 10.0


@dataclass(frozen=True)
class Coordinate:
    """One hyperparameter's `numbers`, by observation, and the distribution they lie in."""

    numbers: tuple[float | int | str, ...]
    distribution: BaseDistribution


def coordinate(values: Sequence[Value]) -> Coordinate:
    """The coordinate of these values, which are not all the same."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    different = list(dict.fromkeys(values))
    numbers = [one for one in different if isinstance(one, int | float)]
    if len(numbers) < len(different):
        return Coordinate(tuple(map(str, values)), CategoricalDistribution([str(one) for one in different]))
    if len(different) <= MOST_LISTED:
        ranks = {one: rank for rank, one in enumerate(sorted(numbers))}
        return Coordinate(tuple(ranks[one] for one in values), IntDistribution(0, len(ranks) - 1))  # type: ignore[index]
    least, greatest = min(numbers), max(numbers)
    logarithmic = least > 0 and greatest >= FACTOR * least
    placed = [log10(one) if logarithmic else float(one) for one in values]  # type: ignore[arg-type]
    return Coordinate(tuple(placed), FloatDistribution(min(placed), max(placed)))
