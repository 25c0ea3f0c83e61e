"""`backsweep show ID`: one sweep and how far it is."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.progress import watch
from backsweep.display.sweeps import show_sweep


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option("--watch", "watching", is_flag=True, help="wait until it has ended and show its progress")
@as_json
@asks_service
def show(client: Client, sweep_id: int, watching: bool, as_json: bool) -> None:
    """Show sweep ID and how far it is."""
    sweep = watch(client, sweep_id, quiet=as_json) if watching else client.sweep(sweep_id)
    print_json(sweep) if as_json else show_sweep(sweep)
