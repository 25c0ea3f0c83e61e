"""The table of `backsweep gradient-check`: one line for each array of parameters of each configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from backsweep.display.console import table

if TYPE_CHECKING:
    from engine.gradient_check import ArrayCheck, GradientCheck
    from engine.hyperparameters import Configuration


def gradient_table(checks: Sequence[tuple[Configuration, GradientCheck]], names: Sequence[str]) -> Table:
    """Relative errors by layer; `names`: the hyperparameters that tell the configurations apart."""
    made = table(" / ".join(names) or "configuration", ">layer", "array", ">checked", ">relative error", "")
    for configuration, check in checks:
        title = " / ".join(_shown(getattr(configuration, name)) for name in names) or configuration.dataset
        for number, one in enumerate(check.arrays):
            shown = title if number == 0 else ""
            made.add_row(shown, str(one.layer), one.kind, str(one.checked), f"{one.relative_error:.1e}", _verdict(one))
        made.add_section()
    return made


def _shown(value: object) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _verdict(check: ArrayCheck) -> Text:
    if check.too_small:
        return Text("too small to tell", "yellow")
    return Text("ok", "green") if check.passed else Text("WRONG", "bold red")
