"""A preview, line by line, with a table of the first configurations."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from backsweep.display.console import console, table
from backsweep.display.early_termination import rule_text
from backsweep.display.sweeps import notes_of
from backsweep.display.values import hyperparameter, seconds

Json = dict[str, Any]


def show_preview(found: Json) -> None:
    """Print it."""
    out = console()
    least, most = found["parameter_counts"]
    facts = {
        "trials": f"{found['trial_count']:,} = {found['configuration_count']:,} configurations"
        f" x {found['replicates']:,} replicates, in {found['job_count']:,} jobs",
        "epochs": f"{found['epoch_count']:,}",
        "parameters": f"{least:,}" if least == most else f"{least:,} to {most:,} of a network",
        "time": f"about {seconds(found['estimated_seconds'])} with {found['workers']} workers"
        f" ({seconds(found['work_seconds'])} on one core)",
        "memory": f"about {_size(found['memory_bytes'])} ({_size(found['job_bytes'])} for the largest job)",
    }
    out.print(f"{found['name']}: not submitted", style="bold")
    if found["early_termination"]:
        facts["stops"] = rule_text(found["early_termination"])
    for name, text in facts.items():
        out.print(f"  {name:<10} {text}")
    _show_configurations(found, out)
    notes_of(found, out)


def _show_configurations(found: Json, out: Console) -> None:
    """The swept hyperparameters of the first configurations."""
    shown = found["configurations"]
    out.print(f"\nThe first {len(shown)} configurations, what is swept:\n" if len(shown) > 1 else "")
    made = table(">#", "swept", ">parameters")
    for one in shown:
        swept = ", ".join(f"{name} {hyperparameter(one['values'][name])}" for name in found["swept"])
        made.add_row(str(one["number"]), swept or "-", f"{one['parameter_count']:,}")
    out.print(made)


def _size(count: int) -> str:
    """Bytes in the largest unit that leaves a number above one."""
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{max(1, round(count / 2**20))} MiB"
