"""`python -m benchmarks.engine.page FIGURES.json` writes the figures of a run into docs/benchmarks.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.engine.aims import AIMS

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"

Figures = dict[str, Any]


def section(figures: Figures) -> Iterator[str]:
    """Lines of Markdown."""
    machine = ", ".join(f"{key} {value}" for key, value in figures["machine"].items())
    busy = sorted(one["busy"] for one in figures["measurements"])
    yield f"Measured on: {machine}."
    yield (
        f"Other programs took {100 * busy[len(busy) // 2]:.0f} % on top of a peer's own time in the median, "
        f"{100 * busy[-1]:.0f} % at worst: the more they took, the less the times mean; the ratios stand it better."
    )
    yield from (f"Missing: {name} ({reason})." for name, reason in figures["missing"].items())
    yield from _summary(figures["measurements"])
    for work in dict.fromkeys(one["work"] for one in figures["measurements"]):
        for workload in dict.fromkeys(one["workload"] for one in figures["measurements"]):
            chosen = [one for one in figures["measurements"] if (one["work"], one["workload"]) == (work, workload)]
            yield from _table(f"{workload}, {work}", chosen)
    yield from _compilation(figures["measurements"])
    yield from _health(figures["health"])


def _summary(measurements: list[Figures]) -> Iterator[str]:
    """What was aimed at beside what came out."""
    yield "\n### In short\n\nTime over ours (for the floor: the share of it that we reach), aimed at and measured.\n"
    yield "| | case | at least | measured | |\n|---|---|---|---|---|"
    found = {(one["peer"], one["workload"], one["trials"], one["work"]): one["ratio"]["median"] for one in measurements}
    for aim in AIMS:
        ratio = found.get((aim.peer, aim.workload, aim.trials, aim.work))
        if ratio is not None:
            case = f"{aim.workload}, {aim.trials} trials, {aim.work}"
            verdict = "reached" if ratio >= aim.least else f"short by {100 * (1 - ratio / aim.least):.0f} %"
            yield f"| {aim.peer} | {case} | {aim.least:g} | {_short(ratio)} | {verdict} |"


def _table(title: str, measurements: list[Figures]) -> Iterator[str]:
    trials = list(dict.fromkeys(one["trials"] for one in measurements))
    yield f"\n### {title}\n\nMicroseconds per trial and update, and time over ours (quartiles), at so many trials.\n"
    yield "| | " + " | ".join(map(str, trials)) + " |"
    yield "|---|" + "---|" * len(trials)
    for peer in dict.fromkeys(one["peer"] for one in measurements):
        cells = {one["trials"]: _cell(one) for one in measurements if one["peer"] == peer}
        yield f"| {peer} | " + " | ".join(cells.get(count, "") for count in trials) + " |"


def _cell(one: Figures) -> str:
    time, ratio = one["microseconds"]["median"], one["ratio"]
    if one["peer"] == "backsweep":
        return f"{_short(time)}"
    return f"{_short(time)}; {_short(ratio['median'])} ({_short(ratio['low'])} to {_short(ratio['high'])})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _compilation(measurements: list[Figures]) -> Iterator[str]:
    seconds = [one["first_seconds"] for one in measurements if one["peer"].startswith("JAX")]
    if seconds:
        yield f"\nJAX compiles for up to {max(seconds):.1f} s per case, which is not in these figures."


def _health(costs: list[Figures]) -> Iterator[str]:
    if costs:
        shown = (f"{one['workload']} {one['ratio']['median']:.3f}" for one in costs)
        yield f"\nLayer health on, time over off, with evaluation, 64 trials: {', '.join(shown)}."


def main() -> None:
    """Replaces what stands between the marks."""
    figures = json.loads(Path(sys.argv[1]).read_text())
    before, rest = PAGE.read_text().split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + "\n".join(section(figures)) + "\n" + END + after)


if __name__ == "__main__":
    main()
