"""The configurations of a sweep as a table: medians and spreads over their replicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from backsweep.display.console import fitting, table
from backsweep.display.spreads import epochs_to, median_and_spread
from backsweep.display.values import counted, hyperparameter, share, words
from backsweep.display.verdicts import verdict

Json = dict[str, Any]
MOST_TARGETS = 3
FINALS = (("spread", 2), ("spread", 1), ("median", 2), ("median", 1), ("", 1), ("", 0))  # final cost, gap of columns


def show_configurations(found: Json, top: int, out: Console) -> None:
    """Print the best `top` of them and what the columns mean."""
    out.print("\nConfigurations", style="bold", end="")
    out.print(f" by {words(found['measure'])}: median over replicates, ± half the distance of the quartiles\n")
    shown: Sequence[Json] = found["configurations"][:top]
    targets: Sequence[float] = found["targets"][:MOST_TARGETS]
    shapes = [(joined, final, gap) for joined in (False, True) for final, gap in FINALS]
    made = fitting(
        (_table(found["sweep_id"], shown, targets, gap, final, joined) for joined, final, gap in shapes), out
    )
    out.print(made)
    out.print()
    _explain(found, shown, out, final=any("final" in str(column.header) for column in made.columns))


def _table(sweep_id: int, shown: Sequence[Json], targets: Sequence[float], gap: int, final: str, joined: bool) -> Table:
    """With a column for each hyperparameter, or with all of them joined in one, where even a short rest is too wide.

    `final`: how the final cost, which tells least beside the best, is shown: spread, median or not at all.
    """
    names = [words(name) for name in shown[0]["values"]] if shown else []
    headings = [" / ".join(names)] if joined else [name.replace(" ", "\n") for name in names]
    asked = (">" + f"to\n{target:g}" for target in targets)
    numbers = (">best\ncost", *([">final\ncost"] if final else []), *asked, ">div.", ">stuck", "vs\n# 1")
    made = table(">#", "name", *headings, *numbers, gap=gap)
    for entry in shown:
        cells = [hyperparameter(value) for value in entry["values"].values()]
        place = "-" if entry["rank"] is None else str(entry["rank"])
        against = verdict(entry["standing"]["against_leader"])
        named = [place, f"{sweep_id}:{entry['configuration_number']}"]
        made.add_row(*named, *([" / ".join(cells)] if joined else cells), *_numbers(entry["summary"], final), against)
    return made


def _numbers(summary: Json, final: str) -> list[str]:
    last = median_and_spread(summary["final_validation_cost"]).split(" ")
    return [
        median_and_spread(summary["best_validation_cost"]),
        *([" ".join(last) if final == "spread" else last[0]] if final else []),
        *(epochs_to(target) for target in summary["targets"][:MOST_TARGETS]),
        share(summary["diverged_share"]),
        share(summary["stuck_share"]),
    ]


def _explain(found: Json, shown: Sequence[Json], out: Console, *, final: bool) -> None:
    more = found.get("configuration_count", len(found["configurations"])) - len(shown)
    if more > 0:
        out.print(f"{counted(more, 'more configuration')}: --top N shows more, --json everything.")
    names = [f"{found['sweep_id']}:{entry['configuration_number']}" for entry in shown[:2]]
    if len(names) > 1:
        out.print(f"name: what `backsweep compare {' '.join(names)}` takes.")
    if final:
        out.print("best, final cost: of the validation set, at its best epoch and at the last one.")
    else:
        out.print("best cost: of the validation set, at its best epoch; --json has the final one, too.")
    if found["targets"]:
        out.print(f"to {found['targets'][0]:g}: median epoch at which the validation cost was first at most that;")
        out.print("2/3: only two of three replicates reached it; -: none did.")
    out.print("div., stuck: replicates that diverged, or settled no better than a constant predictor.")
    out.print("vs # 1: on common seeds, all pairs considered; ?: undecided,")
    out.print("+k: so many new replicates (clone --seed S --replicates K), judged alone, tell in 8 of 10 cases.")
