"""The simulations as a section of docs/statistics.md, between two marks; nothing of it is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.statistics import intervals, verdicts

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"
BEGIN, END = "<!-- made by: python -m benchmarks.statistics -->\n", "<!-- end of what is made -->\n"


def write(text: str, page: Path = PAGE) -> None:
    """Put the section in the place of the old one; raises ValueError where the page has no marks."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the section: the two marks are missing")
    page.write_text(before + begin + text + end + after)


def section(draws: int) -> str:
    """All simulations with so many draws each, as Markdown."""
    return "\n".join(_paragraphs(draws))


def _paragraphs(draws: int) -> Iterable[str]:
    error = 50 / draws**0.5
    yield f"Each figure is of {draws:,} seeded simulations: its standard error is at most {error:.2f} points.\n"
    yield "**A verdict where there is no difference**, p alone, so 5 % are wrong by design; by the shape of the"
    yield "differences of log losses and the replicates:\n"
    yield from _table(("differences", *_replicates(verdicts.COUNTS)), _rates(verdicts.single(draws)))
    yield f"**A family of {verdicts.CONFIGURATIONS} configurations that are all alike**, 5 replicates: how often any of"
    yield "them has a wrong verdict against\n"
    yield from _table(("reference", "families with an error"), _rates(verdicts.family(draws).items()))
    yield "**Intervals at 95 %**: how often they hold the true value:\n"
    held = [(name, shape, *map(_percent, shares)) for name, shape, shares in intervals.coverages(draws)]
    yield from _table(("interval of", "numbers", *_replicates(intervals.COUNTS)), held)
    yield "**Replicates for a power of 80 %**, where the effect is known (in standard deviations of the differences):\n"
    planned = [(f"{effect:g}", str(needed), _percent(seen)) for effect, needed, seen in verdicts.planned(draws)]
    yield from _table(("effect", "replicates said to be needed", "seen in"), planned)
    yield f"**`more`, where the effect is known from {verdicts.PILOT} replicates alone**, and a test of all together"
    yield "once they are added:\n"
    added = [
        (f"{effect:g}", _percent(at_once), f"{more:.0f}", _percent(then), _percent(wrong))
        for effect, at_once, more, then, wrong in verdicts.added(draws)
    ]
    yield from _table(("effect", "decided at once", "median of `more`", "of the others decided then", "wrong"), added)


def _replicates(counts: Sequence[int]) -> list[str]:
    return [str(count) for count in counts]


def _rates(found: Iterable[tuple[str, float | list[float]]]) -> list[tuple[str, ...]]:
    listed = ((name, rates if isinstance(rates, list) else [rates]) for name, rates in found)
    return [(name, *map(_percent, rates)) for name, rates in listed]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
