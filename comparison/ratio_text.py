"""The end of a ratio's interval as text: on which side of 1 it lies must not be lost in rounding. Pure.

Used by `comparison.headline` and by the pages that show the same intervals.
"""

from __future__ import annotations

_DIGITS, _MOST_DIGITS = 3, 7


def interval_end(ratio: float) -> str:
    """To three digits that count, zeros at the end too; nearer to 1 as many as tell it from 1: 1.31, 1.0004, 0.9996."""
    for digits in range(_DIGITS, _MOST_DIGITS + 1):
        text = f"{ratio:#.{digits}g}".removesuffix(".")
        if ratio == 1 or float(text) != 1:
            return text
    return f"{ratio:#.{_DIGITS}g}"
