"""Medians and their spread over replicates, as text."""

from __future__ import annotations

from typing import Any

from backsweep.display.values import MISSING, number


def median_and_spread(spread: dict[str, Any] | None) -> str:
    """Such as 0.0312 ±0.0021: the median and half the distance of the quartiles; inf where that is infinite."""
    if spread is None:
        return MISSING
    if spread["median"] is None:
        return "inf"
    median = number(spread["median"])
    if spread["count"] < 2:
        return median
    if spread["upper_quartile"] is None:
        return f"{median} ±inf"
    half = (spread["upper_quartile"] - spread["lower_quartile"]) / 2
    if "e" in median:
        return f"{median} ±{half:.0e}"
    places = len(median.partition(".")[2])
    return f"{median} ±{half:.{places}f}"


def epochs_to(target: dict[str, Any]) -> str:
    """The median epoch, with the number that reached it where some did not; a dash where none did."""
    if target["reached"] == 0:
        return MISSING
    if target["median_epoch"] is None:
        return f"{target['reached']}/{target['of']}"
    missed = "" if target["reached"] == target["of"] else f" {target['reached']}/{target['of']}"
    return f"{target['median_epoch']:g}{missed}"
