"""`backsweep trial ID`: one trial's figures."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.figures import show_figures

FEWEST_POINTS = 4  # the curve itself is not printed


@click.command()
@click.argument("trial_id", metavar="ID", type=click.IntRange(1))
@click.option("--target", "targets", multiple=True, type=float, metavar="COST", help="validation cost; may be repeated")
@click.option("--patience", type=click.IntRange(0, 1000), help="following epochs at which a target must hold  [2]")
@as_json
@asks_service
def trial(client: Client, trial_id: int, targets: tuple[float, ...], patience: int | None, as_json: bool) -> None:
    """Show all figures of trial ID: outcome, costs, what targets took, how fast the cost fell.

    The ID is the one that `backsweep trials` lists. Without --target the sweep's own targets are taken.
    """
    asked = ",".join(map(str, targets)) or None
    found = client.summary(trial_id, targets=asked, patience=patience)
    print_json(found) if as_json else show_figures(client.trial(trial_id, points=FEWEST_POINTS), found)
