"""`backsweep doctor`: what this machine lacks to run the stack, and the mend for each."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from backsweep.commands.up import stack_options
from backsweep.display.console import console
from backsweep.stack.options import StackOptions


@click.command()
@stack_options
def doctor(options: StackOptions) -> None:
    """Check what this machine needs to run the stack; status 1 when something must be mended."""
    from backsweep.stack.examination import examine

    out = console()
    well = True
    for finding in examine(options):
        mark = Text("ok  ", "green") if not finding.mend else Text("MEND", "bold red")
        out.print(mark, f" {finding.subject}: {finding.found}", soft_wrap=True)
        if finding.mend:
            out.print(f"      {finding.mend}", soft_wrap=True)
            well = False
    sys.exit(0 if well else 1)
