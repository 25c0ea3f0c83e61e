"""`backsweep cancel ID`: end a sweep."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.console import console


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@as_json
@asks_service
def cancel(client: Client, sweep_id: int, as_json: bool) -> None:
    """End sweep ID: what has not begun never does, what is running stops within about a second."""
    sweep = client.cancel(sweep_id)
    if as_json:
        print_json(sweep)
    elif sweep["state"] == "cancelled":
        console().print(f"Sweep {sweep_id} is cancelled.")
    else:
        console().print(f"Sweep {sweep_id} is ending: its running trials stop at their next epoch.")
