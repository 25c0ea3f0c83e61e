"""An adaptive search as a table: what was proposed, what came of it, and the best so far."""

from __future__ import annotations

from typing import Any

from backsweep.display.console import console, table
from backsweep.display.values import hyperparameter, words

Json = dict[str, Any]


def show_search(found: Json) -> None:
    """Print it; configurations on the front (with one metric: the best) are marked."""
    out = console()
    if found["search"] is None:
        out.print(f"Sweep {found['sweep_id']} is no adaptive search: backsweep compare {found['sweep_id']}")
        return
    metrics = [metric["name"] for metric in found["metrics"]]
    out.print(f"\nSearch of sweep {found['sweep_id']}", style="bold", end="")
    out.print(f" by {found['search']}, {len(found['configurations'])} of {found['run_cap']} configurations\n")
    made = table("", ">#", ">gen.", "chosen", *(f">{words(name)}" for name in metrics), ">best\nso far")
    for one in found["configurations"]:
        chosen = ", ".join(f"{name} {hyperparameter(value)}" for name, value in one["values"].items())
        results = [_number(value) for value in one["results"]] if one["results"] else ["-"] * len(metrics)
        mark = "*" if one["on_front"] else ""
        made.add_row(mark, str(one["number"]), str(one["generation"]), chosen, *results, _number(one["best_so_far"]))
    out.print(made)
    out.print("*: " + ("no other is as good in both metrics and better in one." if len(metrics) > 1 else "the best."))
    out.print(
        "Results: median over replicates of the best over epochs; diverged ones are told as the worst finite one."
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
