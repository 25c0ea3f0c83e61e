"""`backsweep diagnose ID`: why a sweep's worst configurations, or one trial, went badly, and what to try."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.diagnosis import show_sweep_diagnosis, show_trial_diagnosis


@click.command()
@click.argument("number", metavar="ID", type=click.IntRange(1))
@click.option("--trial", "is_trial", is_flag=True, help="ID is that of a trial, as `backsweep trials` shows it")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 20), help="configurations to diagnose")
@as_json
@asks_service
def diagnose(client: Client, number: int, is_trial: bool, limit: int, as_json: bool) -> None:
    """Say why the worst configurations of sweep ID went badly, with figures, and what to try."""
    found = client.trial_diagnosis(number) if is_trial else client.diagnosis(number, limit=limit)
    if as_json:
        print_json(found)
    elif is_trial:
        show_trial_diagnosis(found)
    else:
        show_sweep_diagnosis(found)
