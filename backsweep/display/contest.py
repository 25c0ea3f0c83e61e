"""Named configurations against the first of them, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from backsweep.display.console import console, fitting, table
from backsweep.display.spreads import median_and_spread
from backsweep.display.values import MISSING, hyperparameter, number, words
from backsweep.display.verdicts import estimate, verdict

Json = dict[str, Any]


def show_contest(found: Json) -> None:
    """Print one line for each configuration: its loss, the estimate against the first, and the verdict."""
    out = console()
    entries = found["configurations"]
    out.print(f"\nBest {words(found['metric'])} within {found['budget']:g} {found['axis']}, against the first\n")
    shapes = ((2, False), (1, False), (0, False), (1, True))
    out.print(fitting((_table(entries, gap, joined) for gap, joined in shapes), out))
    out.print()
    out.print("against the first: geometric mean of the ratio (x) or mean difference, with its 95 % interval.")
    out.print("verdict: ?: undecided; +k: so many new replicates, judged alone, tell in 8 of 10 cases.")
    out.print("pairs: common seeds; groups: none, compared as independent groups. div.: trials that diverged.")
    if timed := [entry["to_target"] for entry in entries if entry["to_target"]]:
        level = f"{words(found['metric'])} {timed[0]['target']:g}"
        out.print(f"to target: median {found['axis']} until {level}; 1/3: only so many of the trials reached it.")
    for note in found["notes"]:
        out.print(f"Note: {note}")


def _table(entries: Sequence[Json], gap: int, joined: bool) -> Table:
    """With a column for each hyperparameter that differs, or with all of them joined in one."""
    names = [words(name) for name in entries[0]["values"]]
    headings = [" / ".join(names)] if joined else [name.replace(" ", "\n") for name in names]
    timed = any(entry["to_target"] for entry in entries)
    numbers = (">median", ">against the first", "pairs", "verdict", *([">to\ntarget"] if timed else []))
    made = table("name", *headings, *numbers, gap=gap)
    for entry in entries:
        values = [hyperparameter(value) for value in entry["values"].values()]
        name = f"{entry['sweep_id']}:{entry['configuration_number']}"
        time = [_time(entry["to_target"])] if timed else []
        made.add_row(name, *([" / ".join(values)] if joined else values), *_cells(entry), *time)
    return made


def _cells(entry: Json) -> list[str]:
    against = entry["against_reference"]
    lost = f", {entry['diverged']} div." if entry["diverged"] else ""
    pairs = MISSING if against is None else str(against["pairs"]) if against["paired"] else "groups"
    return [
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
