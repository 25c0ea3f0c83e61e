"""Fewer points of a curve, without losing its minima. Called by the API for curves and bands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def kept(columns: Sequence[Sequence[float | None]], points: int) -> list[int]:
    """Indices to keep, ascending: the first, the last, and of every stretch each column's lowest and highest point.

    `columns` are of equal length. Where they have at most `points` entries all are kept; else at most `points` for each
    column. So the lowest value of every column is kept at its own epoch. Raises ValueError below 4 points.
    """
    if points < 4:
        raise ValueError(f"a curve needs 4 points, not {points}")
    length = len(columns[0]) if columns else 0
    if length <= points:
        return list(range(length))
    stretches = (points - 2) // 2
    borders = [1 + place * (length - 2) // stretches for place in range(stretches + 1)]
    found = {0, length - 1}
    for column in columns:
        for begin, end in pairwise(borders):
            found |= _extremes(column, begin, end)
    return sorted(found)


def _extremes(column: Sequence[float | None], begin: int, end: int) -> set[int]:
    """The places of the lowest and the highest finite value, each the first of equals."""
    there = [place for place in range(begin, end) if column[place] is not None]
    if not there:
        return set()
    return {min(there, key=lambda place: column[place] or 0.0), max(there, key=lambda place: column[place] or 0.0)}
