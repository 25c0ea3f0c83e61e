"""`backsweep compare ID`: what the sweep tells about its configurations and hyperparameters."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.comparison import show_comparison


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option("--top", default=40, show_default=True, type=click.IntRange(1), help="configurations to show")
@as_json
@asks_service
def compare(client: Client, sweep_id: int, top: int, as_json: bool) -> None:
    """Compare the configurations of sweep ID, and the values of each hyperparameter that it sweeps."""
    found = client.comparison(sweep_id)
    print_json(found) if as_json else show_comparison(found, top)
