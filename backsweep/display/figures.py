"""One trial's figures, as text: what it was, what it did, what targets took, and how fast its costs fell."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from backsweep.display.console import console, table
from backsweep.display.values import MISSING, counted, number, seconds, words

Json = dict[str, Any]
COSTS = {"train_cost": "training", "validation_cost": "validation"}
FORMULAS = {"exponential": "c + a exp(-k epoch)", "power_law": "c + a epoch^-b"}


def show_figures(trial: Json, found: Json) -> None:
    """Print a trial and its summary."""
    out = console()
    out.print(f"Trial {trial['id']}, number {trial['number']} of sweep {trial['sweep_id']}: {_did(found)}\n")
    _show_costs(found, out)
    if found["targets"]:
        _show_targets(found, out)
    _show_fits(found, out)


def _did(found: Json) -> str:
    outcome = "no outcome yet" if found["outcome"] is None else words(found["outcome"])
    since = "" if found["outcome_epoch"] is None else f" since epoch {found['outcome_epoch']}"
    return f"{found['state']} after {counted(max(0, found['epochs']), 'epoch')}, {outcome}{since}"


def _show_costs(found: Json, out: Console) -> None:
    made = table("cost", ">best", ">at epoch", ">final", ">mean", ">area")
    for name, title in COSTS.items():
        cost = found[name]
        at = MISSING if cost["best_epoch"] is None else str(cost["best_epoch"])
        made.add_row(title, number(cost["best"]), at, *(number(cost[key]) for key in ("final", "mean", "area")))
    out.print(made)
    out.print()


def _show_targets(found: Json, out: Console) -> None:
    made = table(">validation\ncost", ">first\nepoch", ">epoch", ">updates", ">samples", ">operations", ">time")
    for effort in found["targets"]:
        counts = (effort[key] for key in ("first_epoch", "epoch", "updates", "samples"))
        shown = [MISSING if count is None else f"{count:,}" for count in counts]
        operations = MISSING if effort["operations"] is None else f"{effort['operations']:.2e}"
        made.add_row(f"{effort['target']:g}", *shown, operations, seconds(effort["seconds"]))
    out.print(made)
    held = f"for {found['patience']} epochs more" if found["patience"] else "once"
    out.print(f"epoch: from there on the cost held {held}; first epoch: lucky or not.\n")


def _show_fits(found: Json, out: Console) -> None:
    for name, title in COSTS.items():
        for model, formula in FORMULAS.items():
            out.print(f"{title} cost, {formula}: {_fit(found[name][model])}")


def _fit(fit: Json) -> str:
    if fit["refused"] is not None:
        return f"refused, {fit['refused']}"
    half = "" if fit["half_life"] is None else f", half-life {_estimate(fit['half_life'])} epochs"
    rate = "k" if fit["half_life"] is not None else "b"
    return f"c {_estimate(fit['asymptote'])}, {rate} {_estimate(fit['rate'])}{half}"


def _estimate(estimate: Json) -> str:
    """With its 95 % interval."""
    return f"{number(estimate['value'])} ({number(estimate['low'])} to {number(estimate['high'])})"
