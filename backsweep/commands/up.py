"""`backsweep up`: the embedded stack, until Ctrl-C."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from backsweep.display.console import console
from backsweep.stack.options import DEFAULT_HOME, StackOptions, cores, loopback

Port = click.IntRange(1, 65535)


def stack_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a stack, as one argument `options`; `demo` has the same."""

    @click.option("--host", default=None, help="address to listen on  [default: 127.0.0.1, or ::1 without IPv4]")
    @click.option("--port", default=8700, show_default=True, type=Port, help="port of the API")
    @click.option("--mlflow-port", default=8701, show_default=True, type=Port, help="port of the MLflow UI")
    @click.option(
        "--home",
        default=DEFAULT_HOME,
        show_default=True,
        envvar="BACKSWEEP_HOME",
        type=click.Path(path_type=Path),
        help="directory that keeps everything",
    )
    @click.option("--workers", default=None, type=click.IntRange(1, 1024), help="trainings at once  [default: cores]")
    @click.option(
        "--broker",
        default="auto",
        show_default=True,
        type=click.Choice(["auto", "redis", "folder"]),
        help="what carries messages; auto: a redis-server on the PATH, else a folder in the home",
    )
    @functools.wraps(command)
    def with_options(
        host: str | None, port: int, mlflow_port: int, home: Path, workers: int | None, broker: str, **others: Any
    ) -> Any:
        if port == mlflow_port:
            raise click.UsageError("--port and --mlflow-port must differ")
        options = StackOptions(host or loopback(), port, mlflow_port, home, workers or cores(), broker=broker)
        return command(options=options, **others)

    return with_options


@click.command()
@stack_options
def up(options: StackOptions) -> None:
    """Start the embedded stack and keep it until Ctrl-C."""
    from backsweep.stack import running

    out = console()
    try:
        with running(options, say=lambda line: out.print(line, style="dim", soft_wrap=True)) as stack:
            _announce(options)
            while True:
                stack.watch()
                time.sleep(0.5)
    except KeyboardInterrupt:
        out.print("stopped; what was stored stays", style="dim")


def _announce(options: StackOptions) -> None:
    trainings = f"{options.workers} training{'s' if options.workers > 1 else ''} at once"
    out = console()
    out.print(f"backsweep is up, {trainings}", style="bold")
    out.print(f"  API            {options.api_url}/api/v1", soft_wrap=True)
    out.print(f"  documentation  {options.api_url}/docs", soft_wrap=True)
    out.print(f"  MLflow         {options.mlflow_url}", soft_wrap=True)
    out.print(f"  results, logs  {options.home.expanduser()}", soft_wrap=True)
    out.print("Ctrl-C ends it.", style="dim")
