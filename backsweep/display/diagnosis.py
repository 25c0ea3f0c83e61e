"""Diagnoses as text: what was found, what it rests on, what to try."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.padding import Padding

from backsweep.display.console import console
from backsweep.display.values import counted, hyperparameter, number, words

Json = dict[str, Any]


def show_sweep_diagnosis(found: Json) -> None:
    """Print the diagnosis of each configuration, then how often each rule was found."""
    out = console()
    if not found["diagnoses"]:
        out.print("No configuration has ended yet.")
    for one in found["diagnoses"]:
        _show(one, out)
    if found["rules"]:
        counts = [f"{words(one['rule'])} in {len(one['configurations'])}" for one in found["rules"]]
        whole = counted(found["configurations"], "configuration")
        shown = f"Found in the {len(found['diagnoses'])} worst of {whole}"
        out.print(f"{shown}: {', '.join(counts)}.")


def show_trial_diagnosis(found: Json) -> None:
    """Print the diagnosis of one trial."""
    _show(found, console())


def _show(found: Json, out: Console) -> None:
    cost = number(found["best_validation_cost"])
    title = f"Configuration {found['configuration_number']}, trial {found['trial_id']}"
    out.print(title, style="bold", end="")
    out.print(f": {words(found['outcome'] or 'no outcome yet')}, best validation cost {cost}")
    if not found["findings"]:
        out.print(Padding(found["note"] or "Nothing stands out.", (0, 0, 0, 2), expand=False))
    for finding in found["findings"]:
        text = f"{finding['sentence']} {finding['expected']}".strip()
        out.print(Padding(f"- {words(finding['rule'])}: {text}", (0, 0, 0, 2), expand=False))
    if found["advice"]:
        changes = ", ".join(f"{name}: {_value(value)}" for name, value in found["advice"].items())
        out.print(Padding(f"Try {changes}", (0, 0, 0, 2), expand=False), style="green")
    out.print()


def _value(value: Any) -> str:
    return "null" if value is None else hyperparameter(value)
