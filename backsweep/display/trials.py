"""Trials as a table: of the hyperparameters, those that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table

from backsweep.display.console import console, fitting, table
from backsweep.display.values import MISSING, hyperparameter, number, share, words

Json = dict[str, Any]
COLUMNS: dict[str, Callable[[Json], str]] = {
    ">replicate": lambda trial: str(trial["replicate"]),
    "state": lambda trial: str(trial["state"]),
    "outcome": lambda trial: words(trial["outcome"] or MISSING),
    ">since\nepoch": lambda trial: MISSING if trial["outcome_epoch"] is None else str(trial["outcome_epoch"]),
    ">best\ncost": lambda trial: number(trial["best_validation_cost"]),
    ">at\nepoch": lambda trial: MISSING if trial["best_epoch"] is None else str(trial["best_epoch"]),
    ">final\ncost": lambda trial: number(trial["final_validation_cost"]),
    ">accuracy": lambda trial: share(trial["final_validation_accuracy"]),
}


def show_trials(trials: Sequence[Json], *, more: bool = False) -> None:
    """A table of trials; `more` says that there are others."""
    out = console()
    if not trials:
        out.print("No trials.")
        return
    differing = _differing(trials)
    shapes = [(count, gap) for count in range(len(differing), -1, -1) for gap in (2, 1)]
    made = fitting((_table(trials, differing[:count], gap) for count, gap in shapes), out)
    out.print(made)
    out.print("\nCosts and accuracy are of the validation set.")
    shown = len(made.columns) - len(_own_columns(trials)) - 1
    left_out = differing[shown:]
    if left_out:
        out.print(f"Not shown, though they differ: {', '.join(map(words, left_out))}.")
    if more:
        out.print("There are more: --limit N shows them, --json everything.")


def _table(trials: Sequence[Json], names: Sequence[str], gap: int) -> Table:
    own = _own_columns(trials)
    made = table(">ID", *(words(name).replace(" ", "\n") for name in names), *own, gap=gap)
    for trial in trials:
        values = (hyperparameter(trial["hyperparameters"][name]) for name in names)
        made.add_row(str(trial["id"]), *values, *(show(trial) for show in own.values()))
    return made


def _own_columns(trials: Sequence[Json]) -> dict[str, Callable[[Json], str]]:
    """Heading -> cell; the state says nothing where all trials have finished."""
    finished = all(trial["state"] == "finished" for trial in trials)
    return {name: show for name, show in COLUMNS.items() if name != "state" or not finished}


def _differing(trials: Sequence[Json]) -> list[str]:
    first = trials[0]["hyperparameters"]
    return [name for name in first if any(trial["hyperparameters"][name] != first[name] for trial in trials)]
