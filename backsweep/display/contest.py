"""Named configurations against the first of them, as a table."""

from __future__ import annotations

from typing import Any

from backsweep.display.console import console, table
from backsweep.display.spreads import median_and_spread
from backsweep.display.values import MISSING, hyperparameter, number, words
from backsweep.display.verdicts import estimate, verdict

Json = dict[str, Any]


def show_contest(found: Json) -> None:
    """Print one line for each configuration: its loss, the estimate against the first, and the verdict."""
    out = console()
    entries = found["configurations"]
    out.print(f"\nBest {words(found['metric'])} within {found['budget']:g} {found['axis']}, against the first\n")
    timed = any(entry["to_target"] for entry in entries)
    made = table("", "values", ">median", ">against the first", "pairs", "verdict", *([">to target"] if timed else []))
    for entry in entries:
        made.add_row(*_cells(entry), *([_time(entry["to_target"])] if timed else []))
    out.print(made)
    out.print()
    out.print("against the first: geometric mean of the ratio (x) or mean difference, with its 95 % interval.")
    out.print("verdict: ?: undecided; +k: so many new replicates, judged alone, tell in 8 of 10 cases.")
    out.print("pairs: common seeds; groups: none, compared as independent groups. div.: trials that diverged.")
    for note in found["notes"]:
        out.print(f"Note: {note}")


def _cells(entry: Json) -> list[str]:
    against = entry["against_reference"]
    lost = f", {entry['diverged']} div." if entry["diverged"] else ""
    pairs = MISSING if against is None else str(against["pairs"]) if against["paired"] else "groups"
    return [
        f"{entry['sweep_id']}:{entry['configuration_number']}",
        ", ".join(f"{words(name)} {hyperparameter(value)}" for name, value in entry["values"].items()),
        median_and_spread(entry["loss"]) + lost,
        "the first" if against is None else estimate(against),
        pairs,
        MISSING if against is None else verdict(against),
    ]


def _time(found: Json | None) -> str:
    """The median, or how many reached it where fewer than half did."""
    if found is None:
        return MISSING
    return f"{found['reached']}/{found['of']}" if found["median"] is None else number(found["median"])
