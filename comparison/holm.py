"""Holm's correction of several p values. S. Holm, "A simple sequentially rejective multiple test procedure" (1979)."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float], comparisons: int) -> list[float]:
    """Adjusted p values, in the order given, of some among `comparisons` tests.

    `comparisons` may exceed the number of p values: the ones not given count as smaller than none, which can only
    make the result more careful.
    """
    if comparisons < len(p_values):
        raise ValueError(f"{len(p_values)} p values out of {comparisons} comparisons")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=lambda one: p_values[one])):
        largest = max(largest, min(1.0, (comparisons - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted
