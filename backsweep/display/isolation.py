"""Scientific hyperparameters with the nuisance ones optimised out, as a table. Part of a sweep's comparison."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from backsweep.display.console import table
from backsweep.display.values import hyperparameter, number, words

Json = dict[str, Any]


def show_isolation(found: Json, out: Console) -> None:
    """Print the table and who wins."""
    scientific, nuisance = found["scientific"], found["nuisance"]
    names = ", ".join(map(words, scientific))
    out.print("\nRoles", style="bold", end="")
    out.print(f": {names}, each at its best {', '.join(map(words, nuisance)) or 'as it is'}\n")
    best = [f"best\n{words(name)}" for name in nuisance]
    made = table(*map(words, scientific), *best, ">loss", ">lowest -\nhighest", ">held-out\nloss", ">settings\ntried")
    for row in found["settings"]:
        made.add_row(*(hyperparameter(row["values"][name]) for name in scientific), *_cells(row, nuisance))
    out.print(made)
    if found["winner"] is not None:
        out.print("\n" + _verdict(found))


def _cells(row: Json, nuisance: list[str]) -> list[str]:
    best, loss = row["best"] or {}, row["loss"] or {}
    chosen = [hyperparameter(best.get(name)) for name in nuisance]
    spread = (
        f"{number(loss.get('lowest'))} - {'inf' if loss and loss['highest'] is None else number(loss.get('highest'))}"
    )
    return [*chosen, number(loss.get("median")), spread, number(row["held_out_loss"]), str(row["tried"])]


def _verdict(found: Json) -> str:
    winner = _named(found["winner"])
    if found["held_out_winner"] in (None, found["winner"]):
        return f"{winner} wins with the others optimised out."
    return (
        f"{winner} has the lowest loss, {_named(found['held_out_winner'])} on held-out replicates: too close to call."
    )


def _named(values: Json) -> str:
    return ", ".join(f"{words(name)} {hyperparameter(value)}" for name, value in values.items())
