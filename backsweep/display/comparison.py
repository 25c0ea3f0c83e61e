"""A sweep's comparison: the answer in sentences, its configurations ranked, then each hyperparameter's values."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from backsweep.display.configurations import show_configurations
from backsweep.display.console import console
from backsweep.display.headline import show_headline
from backsweep.display.hyperparameters import show_hyperparameters
from backsweep.display.isolation import show_isolation


def show_comparison(found: dict[str, Any], top: int = 40) -> None:
    """Print the comparison; of the configurations the best `top`."""
    out = console()
    if not any(entry["summary"]["ended"] for entry in found["configurations"]):
        out.print(f"No trial of sweep {found['sweep_id']} has a result yet.")
        _note(found["notes"], out)
        return
    show_headline(found["headline"], out)
    show_configurations(found, top, out)
    if found["hyperparameters"]:
        show_hyperparameters(found["hyperparameters"], out)
    if found["isolation"] is not None:
        show_isolation(found["isolation"], out)
    _note(found["notes"], out)


def _note(notes: list[str], out: Console) -> None:
    for note in notes:
        out.print(f"Note: {note}")
