"""`backsweep demo`: the whole way, from a sweep file to a comparison, on a stack of its own that ends with it."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from shutil import which
from typing import Any

import click

from backsweep.client import Client
from backsweep.commands.up import stack_options
from backsweep.display.comparison import show_comparison
from backsweep.display.console import console
from backsweep.display.progress import watch
from backsweep.display.sweeps import notes_of
from backsweep.stack.options import StackOptions

EXAMPLE = "digits.yaml"
TRACKING_SECONDS = 180.0


@click.command()
@stack_options
def demo(options: StackOptions) -> None:
    """Train 96 networks on handwritten digits and compare them."""
    from backsweep.stack import running

    out = console()
    with running(options, say=lambda line: out.print(line, style="dim", soft_wrap=True)) as stack:
        client = Client(stack.api_url)
        sweep = _submit(client)
        out.print(f"Submitted examples/{EXAMPLE} as sweep {sweep['id']}: {_size(sweep)}", style="bold")
        notes_of(sweep, out)
        sweep = watch(client, sweep["id"], alive=stack.watch)
        show_comparison(client.comparison(sweep["id"]))
        sweep = _once_tracked(client, sweep, stack.watch)
        _say_where(options, sweep)
    sys.exit(0 if sweep["state"] == "finished" else 1)


def _submit(client: Client) -> dict[str, Any]:
    with as_file(files("backsweep") / "examples" / EXAMPLE) as path:
        return client.submit(path)


def _size(sweep: dict[str, Any]) -> str:
    return f"{sweep['configuration_count']} configurations x {sweep['replicates']} replicates"


def _once_tracked(client: Client, sweep: dict[str, Any], alive: Callable[[], None]) -> dict[str, Any]:
    """The sweep once MLflow has all of it; without patience for more, because `up` would send the rest."""
    deadline = time.monotonic() + TRACKING_SECONDS
    while not sweep["tracked"] and time.monotonic() < deadline:
        alive()
        time.sleep(0.5)
        sweep = client.sweep(sweep["id"])
    return sweep


def _command(options: StackOptions) -> str:
    """The command that opens the same home at the same addresses, as this user can call it."""
    usual = StackOptions()
    parts = ["backsweep"] if which("backsweep") else [sys.executable, "-m", "backsweep"]
    parts.append("up")
    for name in ("host", "port", "mlflow_port"):
        if getattr(options, name) != getattr(usual, name):
            parts += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    home = "" if options.home == usual.home else f" \\\n      --home {shlex.quote(str(options.home))}"
    return shlex.join(parts) + home


def _say_where(options: StackOptions, sweep: dict[str, Any]) -> None:
    """The demonstration ends with its stack: what it stored stays, and `up` serves it again."""
    out = console()
    out.print(f"\nSweep {sweep['id']} is {sweep['state']}; it is kept in {options.home.expanduser()}.", soft_wrap=True)
    out.print("To look at it again, this serves it until Ctrl-C:", soft_wrap=True)
    out.print(f"  {_command(options)}", soft_wrap=True)
    out.print(f"  API            {options.api_url}/api/v1/sweeps/{sweep['id']}", soft_wrap=True)
    out.print(f"  documentation  {options.api_url}/docs", soft_wrap=True)
    out.print(f"  MLflow         {options.mlflow_url}", soft_wrap=True)
