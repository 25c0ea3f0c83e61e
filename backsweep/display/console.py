"""The console all commands print to."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

WIDTH = 100


def console(*, stderr: bool = False) -> Console:
    """As wide as the terminal, at most 100 columns; 100 where there is none. Names are shown as they are: no markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = min(Console(file=stream).width, WIDTH) if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def table(*columns: str, gap: int = 2) -> Table:
    """A table whose columns are given by name; a name that begins with > is a column of numbers.

    `gap`: spaces between columns. Names may have several lines; the shorter ones stand at the bottom.
    """
    made = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold")
    lines = max(name.count("\n") for name in columns)
    for column in columns:
        numeric = column.startswith(">")
        name = "\n" * (lines - column.count("\n")) + column.removeprefix(">")
        made.add_column(name, justify="right" if numeric else "left", no_wrap=numeric)
    return made


def fitting(tables: Iterable[Table], out: Console) -> Table:
    """The first of the tables that can be shown without breaking or cutting a cell, or else the last."""
    for made in tables:
        wanted = Measurement.get(out, out.options.update(width=10 * WIDTH), made).maximum
        if wanted <= out.width:
            break
    return made
