"""The audit of a search space as tables: ranges, then the learning rates that converge."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console

from backsweep.display.console import console, table
from backsweep.display.values import counted, hyperparameter, number, share, words

Json = dict[str, Any]


def show_audit(found: Json) -> None:
    """Print the tables, the shares and the notes."""
    out = console()
    if found["ranges"]:
        _show_ranges(found["ranges"], out)
    if found["learning_rates"]:
        _show_rates(found["learning_rates"], out)
    shares = ", ".join(f"{share(found[f'{word}_share'])} {word}" for word in ("diverged", "stuck", "failed"))
    ended = f"{found['configurations']} of {counted(found['of'], 'configuration')} ended"
    out.print(f"{ended}; of the trials {shares}." if found["configurations"] else f"{ended}.")
    if found["infeasible_share"]:
        out.print(f"The constraints forbid {share(found['infeasible_share'])} of the space.")
    for note in found["notes"]:
        out.print(f"Note: {note}")


def _show_ranges(ranges: list[Json], out: Console) -> None:
    made = table("", ">range", ">tried", ">best", "at the\nedge", "try next")
    for one in ranges:
        edge = f"{one['edge']} ({one['top_at_edge']} of top {one['top']})" if one["edge"] else "no"
        tried = f"{one['tried']}/{one['of']}{' tenths' if one['drawn'] else ''}"
        span = f"{number(one['low'])} - {number(one['high'])}"
        made.add_row(words(one["name"]), span, tried, number(one["best"]), edge, _next(one["try_next"]))
    out.print(made)
    out.print()


def _next(section: Json | None) -> str:
    if section is None:
        return "-"
    if "values" in section:
        return json.dumps(section["values"])
    return f"{section['min']:g} to {section['max']:g}"


def _show_rates(rows: list[Json], out: Console) -> None:
    out.print("Learning rates that converge", style="bold")
    settings = [name for name in rows[0]["setting"] if len({str(row["setting"][name]) for row in rows}) > 1]
    titles = [words(name) for name in settings] or ["setting"]
    made = table(*titles, ">lowest", ">highest", ">best", ">stuck\nup to", ">diverges\nfrom", ">rates")
    for row in rows:
        named = [hyperparameter(row["setting"][name]) for name in settings] or ["all"]
        numbers = [number(row[name]) for name in ("lowest", "highest", "best", "stuck_to", "diverges_from")]
        made.add_row(*named, *numbers, str(row["rates"]))
    out.print(made)
    out.print()
