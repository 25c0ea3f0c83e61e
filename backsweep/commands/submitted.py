"""What the commands that submit have in common: what it was, then its progress or where to look."""

from __future__ import annotations

from typing import Any

from backsweep.client import Client
from backsweep.commands.asking import print_json
from backsweep.display.console import console
from backsweep.display.progress import watch
from backsweep.display.sweeps import notes_of, show_sweep
from backsweep.display.values import counted


def show_submitted(client: Client, sweep: dict[str, Any], *, watching: bool, as_json: bool) -> None:
    """Print the sweep that was stored; `watching`: once more when it has ended."""
    if not as_json:
        out = console()
        size = f"{counted(sweep['configuration_count'], 'configuration')}, {counted(sweep['trial_count'], 'trial')}"
        out.print(f"Sweep {sweep['id']}: {size}")
        notes_of(sweep, out)
    if watching:
        sweep = watch(client, sweep["id"], quiet=as_json)
    if as_json:
        print_json(sweep)
    elif watching:
        show_sweep(sweep)
        console().print(f"Compare it:  backsweep compare {sweep['id']}")
    else:
        console().print(
            f"Watch it:    backsweep show {sweep['id']} --watch\nCompare it:  backsweep compare {sweep['id']}"
        )
