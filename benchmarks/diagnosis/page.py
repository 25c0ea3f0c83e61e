"""The proof's section of docs/diagnosis.md, written between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.diagnosis.drawing import EPOCHS
from benchmarks.diagnosis.following import Followed
from benchmarks.diagnosis.training import REPLICATES

PAGE = Path(__file__).parents[2] / "docs" / "diagnosis.md"
BEGIN, END = "<!-- made by python -m benchmarks.diagnosis --write -->\n", "<!-- end -->\n"


def write(found: Sequence[Followed], drawn: int) -> None:
    """Replace what stands between the marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + section(found, drawn) + END + after)


def section(found: Sequence[Followed], drawn: int) -> str:
    """The share that was helped, the control's, each rule's, and the list."""
    count, helped = len(found), sum(one.helped for one in found)
    by_chance = sum(one.control_helped for one in found)
    rules = sorted({rule for one in found for rule in one.rules})
    lines = [
        f"Of {drawn} configurations drawn, the first {count} that went badly ({EPOCHS} epochs, median of {REPLICATES} "
        f"replicates). The advice lowered the best validation cost in **{helped} of {count} ({helped / count:.0%})**; "
        f"as many changes drawn at random in {by_chance} ({by_chance / count:.0%}).",
        "",
        "| rule | found in | of these helped |",
        "|---|---|---|",
    ]
    for rule in rules:
        of_rule = [one for one in found if rule in one.rules]
        lines.append(f"| {rule} | {len(of_rule)} | {sum(one.helped for one in of_rule)} |")
    lines += [
        "",
        "Costs as multiples of the constant predictor's cost:",
        "",
        "| data set | layers | outcome | rules | before | with advice | random changes |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_row, found)]) + "\n"


def _row(one: Followed) -> str:
    mark = "" if one.helped else " (not lower)"
    own = one.configuration
    rules = ", ".join(one.rules) or "none"
    costs = f"{one.before:.3g} | {one.after:.3g}{mark} | {one.control:.3g}"
    return f"| {own.dataset} | {list(own.layers)} | {one.outcome} | {rules} | {costs} |"
