"""`backsweep submit FILE`: send a sweep to a running service."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service
from backsweep.commands.submitted import show_submitted


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--watch", "watching", is_flag=True, help="wait until it has ended and show its progress")
@click.option("--idempotency-key", metavar="KEY", help="submitted again under the same KEY, it is stored once")
@as_json
@asks_service
def submit(client: Client, file: Path, watching: bool, idempotency_key: str | None, as_json: bool) -> None:
    """Submit the sweep in FILE (YAML or JSON; - reads standard input)."""
    document = sys.stdin.read() + "\n" if str(file) == "-" else file
    sweep = client.submit(document, idempotency_key=idempotency_key)
    show_submitted(client, sweep, watching=watching, as_json=as_json)
