"""`backsweep list`: the latest sweeps."""

from __future__ import annotations

from itertools import islice

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.sweeps import show_sweeps


@click.command("list")
@click.option("--project", help="only this project")
@click.option("--state", help="only sweeps in this state")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="how many")
@as_json
@asks_service
def list_sweeps(client: Client, project: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List the latest sweeps, newest first."""
    found = list(islice(client.sweeps(project=project, state=state, limit=min(limit, 500)), limit))
    print_json(found) if as_json else show_sweeps(found)
