"""Sweeps as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from backsweep.display.console import console, table
from backsweep.display.values import counted, duration, moment, state

Json = dict[str, Any]


def show_sweeps(sweeps: Sequence[Json]) -> None:
    """A table of sweeps."""
    out = console()
    if not sweeps:
        out.print("No sweeps. Submit one: backsweep submit FILE, or try the demonstration: backsweep demo")
        return
    made = table(">ID", "name", "project", "state", ">trials", ">ended", ">time", "submitted (UTC)")
    made.columns[-1].no_wrap = True
    for sweep in sweeps:
        ended = sum(sweep["trials"].get(state, 0) for state in ("finished", "pruned", "failed", "cancelled"))
        made.add_row(
            str(sweep["id"]),
            sweep["name"],
            sweep["project"],
            state(sweep),
            str(sweep["trial_count"]),
            str(ended),
            duration(sweep),
            moment(sweep["created_at"]).removesuffix(" UTC"),
        )
    out.print(made)


def show_sweep(sweep: Json) -> None:
    """One sweep, line by line."""
    out = console()
    counts = ", ".join(f"{count} {state}" for state, count in sweep["trials"].items() if count)
    facts = {
        "state": state(sweep),
        "project": sweep["project"],
        "trials": f"{sweep['trial_count']} = {counted(sweep['configuration_count'], 'configuration')}"
        f" x {counted(sweep['replicates'], 'replicate')}: {counts}",
        "diverged": f"{sweep['diverged_count']} of {counted(sweep['trial_count'], 'trial')}"
        if sweep["diverged_count"]
        else "",
        "reused": f"{sweep['reused_count']} trials from earlier sweeps" if sweep["reused_count"] else "",
        "search": _search(sweep),
        "epochs": f"{sweep['epochs_recorded']} of {sweep['epochs_planned']}",
        "submitted": moment(sweep["created_at"]),
        "time": duration(sweep),
        "MLflow": sweep["links"]["mlflow"] or "",
    }
    out.print(f"Sweep {sweep['id']}: {sweep['name']}", style="bold")
    for name, text in facts.items():
        if text:
            out.print(f"  {name:<10} {text}", soft_wrap=name == "MLflow")
    notes_of(sweep, out)


def _search(sweep: Json) -> str:
    if sweep["search"] is None:
        return ""
    done = f"{sweep['configuration_count']} of {sweep['run_cap']} configurations proposed"
    return f"{sweep['search']}, {done} in {sweep['generation']} generations"


def notes_of(sweep: Json, out: Console) -> None:
    """What the service assumed or ignored."""
    if sweep.get("error"):
        out.print(f"  failed: {sweep['error']}", soft_wrap=True)
    if sweep.get("stopped_because"):  # a preview has none
        out.print(f"  begins no more trials: {sweep['stopped_because']}")
    for note in sweep["notes"]:
        out.print(f"  note: {note}")
