"""What the commands that ask a running service share: its address, and `--json` for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from backsweep.client import DEFAULT_URL, Client

Command = Callable[..., None]
as_json = click.option("--json", "as_json", is_flag=True, help="print the service's JSON instead of a table")


def asks_service(command: Command) -> Command:
    """Give a command `--url`, and call it with a `client` for that address."""

    @click.option("--url", envvar="BACKSWEEP_URL", default=DEFAULT_URL, show_default=True, help="the service's address")
    @wraps(command)
    def asking(url: str, **options: Any) -> None:
        command(client=Client(url), **options)

    return asking


def print_json(found: Any) -> None:
    """The service's answer, as it is."""
    click.echo(json.dumps(found, indent=2))
