"""`backsweep trials ID`: the trials of a sweep."""

from __future__ import annotations

from itertools import islice

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.trials import show_trials


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option(
    "--where", "conditions", multiple=True, metavar="NAME=VALUE", help="only trials with this; may be repeated"
)
@click.option(
    "--sort", default="best_validation_cost", show_default=True, help="field or hyperparameter; -NAME turns it"
)
@click.option("--limit", default=30, show_default=True, type=click.IntRange(1), help="how many")
@as_json
@asks_service
def trials(client: Client, sweep_id: int, conditions: tuple[str, ...], sort: str, limit: int, as_json: bool) -> None:
    """List the trials of sweep ID, the lowest validation cost first, those that diverged last.

    NAME is state, outcome, replicate, configuration or a hyperparameter, as in --where outcome=stuck.
    """
    filters = dict(_condition(text) for text in conditions)
    asked = client.trials(sweep_id, **filters, sort=sort, limit=min(limit + 1, 1000))
    found = list(islice(asked, limit + 1))
    print_json(found[:limit]) if as_json else show_trials(found[:limit], more=len(found) > limit)


def _condition(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--where")
    return name.strip(), value.strip()
