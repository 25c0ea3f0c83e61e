"""`backsweep importance ID`: which hyperparameters of a sweep mattered."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.importance import show_importance


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option(
    "--diverged",
    type=click.Choice(["worst", "left_out"]),
    default="worst",
    show_default=True,
    help="count diverged configurations with the worst finite loss, or leave them out",
)
@as_json
@asks_service
def importance(client: Client, sweep_id: int, diverged: str, as_json: bool) -> None:
    """Weigh the hyperparameters of sweep ID by fANOVA and PED-ANOVA."""
    found = client.importance(sweep_id, diverged=diverged)
    print_json(found) if as_json else show_importance(found)
