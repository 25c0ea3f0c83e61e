"""`backsweep audit ID`: was the search space well chosen, and where to look next."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.audit import show_audit


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@as_json
@asks_service
def audit(client: Client, sweep_id: int, as_json: bool) -> None:
    """Audit the search space of sweep ID: edges, coverage, what diverged, what to try next."""
    found = client.audit(sweep_id)
    print_json(found) if as_json else show_audit(found)
