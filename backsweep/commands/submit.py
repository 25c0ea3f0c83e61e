"""`backsweep submit FILE`: send a sweep to a running service."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.console import console
from backsweep.display.progress import watch
from backsweep.display.sweeps import notes_of, show_sweep


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
    if not as_json:
        out = console()
        out.print(f"Sweep {sweep['id']}: {sweep['configuration_count']} configurations, {sweep['trial_count']} trials")
        notes_of(sweep, out)
    if watching:
        sweep = watch(client, sweep["id"], quiet=as_json)
    if as_json:
        print_json(sweep)
    elif watching:
        show_sweep(sweep)
    else:
        console().print(f"Watch it:    backsweep show {sweep['id']}\nCompare it:  backsweep compare {sweep['id']}")
