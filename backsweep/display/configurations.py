"""The configurations of a sweep as a table: medians and spreads over their replicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from backsweep.display.console import fitting, table
from backsweep.display.spreads import epochs_to, median_and_spread
from backsweep.display.values import hyperparameter, share, words
from backsweep.display.verdicts import verdict

Json = dict[str, Any]
MOST_TARGETS = 3


def show_configurations(found: Json, top: int, out: Console) -> None:
    """Print the best `top` of them and what the columns mean."""
    out.print("\nConfigurations", style="bold", end="")
    out.print(f" by {words(found['measure'])}: median over replicates, ± half the distance of the quartiles\n")
    shown: Sequence[Json] = found["configurations"][:top]
    targets: Sequence[float] = found["targets"][:MOST_TARGETS]
    shapes = ((2, False), (1, False), (2, True), (1, True))
    out.print(fitting((_table(shown, targets, gap, joined) for gap, joined in shapes), out))
    out.print()
    _explain(found, len(shown), out)


def _table(shown: Sequence[Json], targets: Sequence[float], gap: int, joined: bool) -> Table:
    """With a column for each hyperparameter, or with all of them joined in one, where that is too wide."""
    names = [words(name) for name in shown[0]["values"]] if shown else []
    headings = [" / ".join(names)] if joined else [name.replace(" ", "\n") for name in names]
    asked = (">" + f"to\n{target:g}" for target in targets)
    numbers = (">best\ncost", ">final\ncost", *asked, ">div.", ">stuck", "vs\n# 1")
    made = table(">#", *headings, *numbers, gap=gap)
    for entry in shown:
        cells = [hyperparameter(value) for value in entry["values"].values()]
        place = "-" if entry["rank"] is None else str(entry["rank"])
        against = verdict(entry["standing"]["against_leader"])
        made.add_row(place, *([" / ".join(cells)] if joined else cells), *_numbers(entry["summary"]), against)
    return made


def _numbers(summary: Json) -> list[str]:
    return [
        median_and_spread(summary["best_validation_cost"]),
        median_and_spread(summary["final_validation_cost"]),
        *(epochs_to(target) for target in summary["targets"][:MOST_TARGETS]),
        share(summary["diverged_share"]),
        share(summary["stuck_share"]),
    ]


def _explain(found: Json, shown: int, out: Console) -> None:
    if len(found["configurations"]) > shown:
        out.print(f"{len(found['configurations']) - shown} more configurations: --top N shows them, --json everything.")
    out.print("best, final cost: of the validation set, at its best epoch and at the last one.")
    if found["targets"]:
        out.print(f"to {found['targets'][0]:g}: median epoch at which the validation cost was first at most that;")
        out.print("2/3: only two of three replicates reached it; -: none did.")
    out.print("div., stuck: replicates that diverged, or settled no better than a constant predictor.")
    out.print("vs # 1: on common seeds, all pairs considered; ?: undecided,")
    out.print("+k: so many new replicates (clone --seed S --replicates K), judged alone, tell in 8 of 10 cases.")
