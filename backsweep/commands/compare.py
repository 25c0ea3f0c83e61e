"""`backsweep compare`: what a sweep tells, or how named configurations compare, also across sweeps."""

from __future__ import annotations

import re
from typing import Any

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.comparison import show_comparison
from backsweep.display.contest import show_contest

AXES = ("epochs", "updates", "samples", "flops", "seconds")


@click.command()
@click.argument("names", metavar="ID | SWEEP:NUMBER...", nargs=-1, required=True)
@click.option("--top", default=40, show_default=True, type=click.IntRange(1), help="configurations of a sweep to show")
@click.option("--axis", type=click.Choice(AXES), help="in what equal effort is measured [default: epochs]")
@click.option("--target", type=float, help="also compare how soon this validation cost was reached")
@as_json
@asks_service
def compare(
    client: Client, names: tuple[str, ...], top: int, axis: str | None, target: float | None, as_json: bool
) -> None:
    """Compare what sweep ID tried: which values won, how sure that is, and every configuration.

    With two configurations or more, such as 1:0 1:3 2:5 (sweep and number), these are held against the first.
    """
    if all(":" in name for name in names):
        found = client.compare(*names, axis=axis, target=target)
        print_json(found) if as_json else show_contest(found)
        return
    if len(names) > 1 or not re.fullmatch(r"[1-9]\d*", names[0]) or axis or target is not None:
        raise click.UsageError("name one sweep, such as 1, or two configurations or more, such as 1:0 1:3")
    found = whole_comparison(client, int(names[0]), None if as_json else top)
    print_json(found) if as_json else show_comparison(found, top)


def whole_comparison(client: Client, sweep_id: int, least: int | None, limit: int | None = None) -> dict[str, Any]:
    """The comparison with at least that many configurations, or all of them: the service gives them in pages."""
    whole = client.comparison(sweep_id, limit=limit)
    while whole["next"] and (least is None or len(whole["configurations"]) < least):
        page = client.comparison(sweep_id, limit=limit, cursor=len(whole["configurations"]))
        whole["configurations"] += page["configurations"]
        whole["next"] = page["next"]
    return whole
