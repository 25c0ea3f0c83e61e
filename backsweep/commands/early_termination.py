"""`backsweep early-termination ID`: what was stopped, what that saved and what it cost."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.early_termination import show_early_termination


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@as_json
@asks_service
def early_termination(client: Client, sweep_id: int, as_json: bool) -> None:
    """Show what early termination stopped in sweep ID, the epochs it saved, and the good trials it cost."""
    found = client.early_termination(sweep_id)
    print_json(found) if as_json else show_early_termination(found)
