"""`backsweep search ID`: what an adaptive search has come to."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.search import show_search


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@as_json
@asks_service
def search(client: Client, sweep_id: int, as_json: bool) -> None:
    """Show the configurations that the search of sweep ID proposed, and how its best result came about."""
    found = client.search(sweep_id)
    print_json(found) if as_json else show_search(found)
