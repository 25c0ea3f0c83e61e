"""A sweep's importances as a table, with what they rest on."""

from __future__ import annotations

from typing import Any

from backsweep.display.console import console, table
from backsweep.display.values import number, share, words

LEGEND = """\
fANOVA: share of the loss's variance over the swept values that a hyperparameter explains alone.
PED-ANOVA: how far its values among the best configurations differ from all of them."""


def show_importance(found: dict[str, Any]) -> None:
    """Print the table, what it rests on and the notes."""
    out = console()
    if found["hyperparameters"]:
        made = table("", ">fANOVA", ">PED-ANOVA")
        for one in found["hyperparameters"]:
            made.add_row(words(one["name"]), share(one["fanova"]), share(one["ped_anova"]))
        out.print(made)
        rests = f"\nOver {found['configurations']} configurations by {words(found['measure'])}"
        predicted = "" if found["r_squared"] is None else f"; R squared out of sample {number(found['r_squared'])}"
        out.print(rests + predicted + ".")
        out.print(LEGEND)
    for note in found["notes"]:
        out.print(f"Note: {note}")
