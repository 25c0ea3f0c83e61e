"""`backsweep clone ID`: submit a sweep's document again, as a new sweep."""

from __future__ import annotations

from typing import Any

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service
from backsweep.commands.submitted import show_submitted


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option("--name", help="another name")
@click.option("--project", help="another project, the experiment in MLflow")
@click.option("--seed", type=click.IntRange(0), help="another seed: other weights, orders and split")
@click.option("--replicates", type=click.IntRange(1), help="trainings of each configuration")
@click.option("--reuse/--no-reuse", default=None, help="take over trials that were trained before, or do not")
@click.option("--watch", "watching", is_flag=True, help="wait until it has ended and show its progress")
@as_json
@asks_service
def clone(client: Client, sweep_id: int, watching: bool, as_json: bool, **changes: Any) -> None:
    """Submit the document of sweep ID again, as a new sweep; the old one stays as it is."""
    asked = {name: value for name, value in changes.items() if value is not None}
    show_submitted(client, client.clone(sweep_id, **asked), watching=watching, as_json=as_json)
