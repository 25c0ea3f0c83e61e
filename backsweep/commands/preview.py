"""`backsweep preview FILE`: what a sweep would be, without submitting it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.preview import show_preview


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@as_json
@asks_service
def preview(client: Client, file: Path, as_json: bool) -> None:
    """Say what the sweep in FILE would be: how many, how long, how much memory (- reads standard input)."""
    found = client.preview(sys.stdin.read() + "\n" if str(file) == "-" else file)
    if as_json:
        print_json(found)
    else:
        show_preview(found)
