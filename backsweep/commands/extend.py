"""`backsweep extend ID`: ask more of a sweep that has ended; only what is missing is trained."""

from __future__ import annotations

from typing import Any

import click
import yaml

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.progress import watch
from backsweep.display.sweeps import show_sweep


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option("--epochs", type=click.IntRange(1), help="last epoch of every trial")
@click.option("--replicates", type=click.IntRange(1), help="replicates of each configuration, old ones counted")
@click.option("--run-cap", type=click.IntRange(1), help="configurations, old ones counted")
@click.option("--values", multiple=True, metavar="NAME=LIST", help="more values, such as learning_rate=[5, 20]")
@click.option("--dropped", is_flag=True, default=None, help="train too what a stop or the metric's target dropped")
@click.option("--watch", "watching", is_flag=True, help="wait until it has ended and show its progress")
@as_json
@asks_service
def extend(client: Client, sweep_id: int, values: tuple[str, ...], watching: bool, as_json: bool, **wish: Any) -> None:
    """Train more of sweep ID: its trials go on from their last epoch, new ones begin."""
    wanted = {name: number for name, number in wish.items() if number is not None}
    if values:
        wanted["parameters"] = dict(_values(text) for text in values)
    if not wanted:
        raise click.UsageError("Give --epochs, --replicates, --run-cap, --values or --dropped.")
    sweep = client.extend(sweep_id, **wanted)
    if watching:
        sweep = watch(client, sweep_id, quiet=as_json)
    print_json(sweep) if as_json else show_sweep(sweep)


def _values(text: str) -> tuple[str, list[Any]]:
    """`name=[1, 2]` or `name=3`, the value in YAML."""
    name, equals, written = text.partition("=")
    try:
        found = yaml.safe_load(written)
    except yaml.YAMLError:
        found = None
    if not equals or not name.strip() or found is None:
        raise click.BadParameter(f"{text!r} is not NAME=LIST, such as learning_rate=[5, 20]", param_hint="--values")
    return name.strip(), found if isinstance(found, list) else [found]
