"""The swept hyperparameters as a table: each value against the best one, everything else being equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from backsweep.display.console import table
from backsweep.display.values import hyperparameter, number, ratio_end, share, words

Json = dict[str, Any]
SURE = {"clear": "bold green", "likely": "green"}
LEGEND = """\
matched: only trials that are alike in all else, seeds included, are held against each other.
wins: matched settings in which no value did better. cost ratio: median of cost / best value's cost.
clear: beyond chance (5 %) with all pairs of values considered; likely: this pair alone.
The interval is of the median; the words weigh how large differences are, too: it can hold 1 beside clear."""


def show_hyperparameters(entries: Sequence[Json], out: Console) -> None:
    """Print the table, and what the words mean."""
    out.print("\nHyperparameters", style="bold", end="")
    out.print(": which value did best, everything else being equal\n")
    out.print(_table(entries))
    out.print("\n" + LEGEND)


def _table(entries: Sequence[Json]) -> Any:
    numbers = (">wins", ">mean\nrank", ">cost\nratio", ">95 %\ninterval", ">div.", ">stuck")
    made = table("", "value", *numbers, "worse than\nthe best?")
    for entry in entries:
        for place, value in enumerate(entry["values"]):
            made.add_row(words(entry["name"]) if place == 0 else "", *_cells(entry, value))
        made.add_section()
    return made


def _cells(entry: Json, value: Json) -> list[str | Text]:
    best = value["wins"] is not None and value["value"] == entry["best"]
    sure = value["sureness"] or "-"
    return [
        Text(hyperparameter(value["value"]), style="bold" if best else ""),
        "-" if value["wins"] is None else f"{value['wins']:g}/{entry['units']}",
        number(value["mean_rank"]),
        "inf" if value["ratio"] is None and value["wins"] is not None else number(value["ratio"]),
        "-" if best else _interval(value),
        share(value["summary"]["diverged_share"]),
        share(value["summary"]["stuck_share"]),
        Text("the best", style="bold") if best else Text(sure, style=SURE.get(sure, "")),
    ]


def _interval(value: Json) -> str:
    if value["ratio_low"] is None:
        return "-"
    high = "inf" if value["ratio_high"] is None else ratio_end(value["ratio_high"])
    return f"{ratio_end(value['ratio_low'])} - {high}"
