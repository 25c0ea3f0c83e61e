"""What the commands that submit have in common: what it was, then its progress or where to look."""

from __future__ import annotations

from typing import Any

from backsweep.client import Client
from backsweep.commands.asking import print_json
from backsweep.display.console import console
from backsweep.display.progress import watch
from backsweep.display.sweeps import notes_of, show_sweep


def show_submitted(client: Client, sweep: dict[str, Any], *, watching: bool, as_json: bool) -> None:
    """Print the sweep that was stored; `watching`: once more when it has ended."""
    if not as_json:
        out = console()
        out.print(f"Sweep {sweep['id']}: {sweep['configuration_count']} configurations, {sweep['trial_count']} trials")
        notes_of(sweep, out)
    if watching:
        sweep = watch(client, sweep["id"], quiet=as_json)
    if as_json:
        print_json(sweep)
    elif watching:
        show_sweep(sweep)
    else:
        console().print(f"Watch it:    backsweep show {sweep['id']}\nCompare it:  backsweep compare {sweep['id']}")
