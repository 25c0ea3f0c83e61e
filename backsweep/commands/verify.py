"""`backsweep verify ID`: trains a sweep's trials once more and compares the curves bit for bit.

Works on the results database itself, beside the service: nothing is queued and nothing is written.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from backsweep.commands.database import at_home, database_settings
from backsweep.display.console import console
from backsweep.errors import BacksweepError
from engine.blas import kernel_environment
from results import schema
from results.database import open_database
from results.errors import ResultsError
from results.reads.replaying import kernels
from settings import Settings, to_environment

MOST_SHOWN = 20  # trials that differ


@click.command()
@click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="print a line of JSON for each trial")
@at_home
def verify(sweep_id: int, home: Path, as_json: bool) -> None:
    """Train the trials of sweep ID once more, as far as they are stored; status 1 unless all curves are the same."""
    settings = database_settings(home)
    found = _kernels(settings, sweep_id)
    if not found:
        raise BacksweepError(f"sweep {sweep_id} has no curves yet")
    verdicts = []
    with Progress(
        TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), console=console(), transient=True, disable=as_json
    ) as progress:
        task = progress.add_task("", total=sum(found.values()))
        for kernel in found:
            for verdict in _verdicts(settings, sweep_id, kernel):
                verdicts.append(verdict)
                progress.advance(task)
                if as_json:
                    click.echo(json.dumps(verdict))
    different = [verdict for verdict in verdicts if not verdict["same"]]
    if not as_json:
        _show(sweep_id, verdicts, different, list(found))
    sys.exit(1 if different else 0)


def _kernels(settings: Settings, sweep_id: int) -> dict[str, int]:
    try:
        database = open_database(settings.database_url)
        try:
            schema.check(database)
            with database.read() as connection:
                return dict(kernels(connection, sweep_id))
        finally:
            database.dispose()
    except ResultsError as error:
        raise BacksweepError(str(error)) from error


def _verdicts(settings: Settings, sweep_id: int, kernel: str) -> Iterator[dict[str, Any]]:
    """From a process of that kernel: which one computes is settled when NumPy is loaded."""
    command = [sys.executable, "-P", "-m", "worker.verification", str(sweep_id), kernel]
    environment = os.environ | to_environment(settings) | kernel_environment(kernel)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            yield json.loads(line)
        complaint = process.stderr.read().strip()
    if process.returncode != 0:
        reason = complaint.splitlines()[-1] if complaint else f"the process ended with status {process.returncode}"
        raise BacksweepError(f"sweep {sweep_id} cannot be verified here: {reason}")


def _show(sweep_id: int, verdicts: list[Any], different: list[Any], kernels: list[str]) -> None:
    epochs = sum(verdict["epochs"] for verdict in verdicts)
    with_kernels = f"BLAS kernel {', '.join(kernels)}"
    if not different:
        console().print(
            f"sweep {sweep_id}: all {len(verdicts):,} trials came out the same, bit for bit "
            f"({epochs:,} epochs, {with_kernels})"
        )
        return
    console().print(f"sweep {sweep_id}: {len(different):,} of {len(verdicts):,} trials differ ({with_kernels})")
    for verdict in different[:MOST_SHOWN]:
        console().print(f"  trial {verdict['number']} from epoch {verdict['first_difference']} on")
