"""The simulations as a section of docs/statistics.md, between two marks; nothing of it is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.statistics import intervals, replicates, verdicts
from comparison.further import SMALLEST
from comparison.sureness import SIGNIFICANT

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
    yield f"Each figure is of {draws:,} seeded simulations: its standard error is at most {error:.2f} points; where a"
    yield f"first look left it undecided, of {draws // 4:,} or more that did: at most {2 * error:.2f} points.\n"
    yield "**A verdict where there is no difference**, p alone, so 5 % are wrong by design; by the shape of the"
    yield "differences of log losses and the replicates:\n"
    yield from _table(("differences", *_replicates(verdicts.COUNTS)), _rates(verdicts.single(draws)))
    yield f"**A family of {verdicts.CONFIGURATIONS} configurations that are all alike**, 5 replicates: how often any of"
    yield "them has a wrong verdict against\n"
    yield from _table(("reference", "families with an error"), _rates(verdicts.family(draws).items()))
    yield "**Intervals at 95 %**: how often they hold the true value:\n"
    held = [(name, shape, *map(_percent, shares)) for name, shape, shares in intervals.coverages(draws)]
    yield from _table(("interval of", "numbers", *_replicates(intervals.COUNTS)), held)
    yield "**What the logarithm costs**: median width of a mean's interval over the true mean (in brackets"
    yield "without it, not used):\n"
    wide = [(shape, *(f"{now:.2f} ({then:.2f})" for now, then in rows)) for shape, rows in intervals.widths(draws)]
    yield from _table(("costs", *_replicates(intervals.COUNTS)), wide)
    yield from _planned(draws)
    yield from _further(draws)
    yield from _other_pilots(draws)


def _planned(draws: int) -> Iterable[str]:
    yield "**Replicates for a power of 80 %**, where the effect is known (in standard deviations of the differences):\n"
    rows = [
        (f"{one.effect:g}", str(one.needed), *map(_percent, (one.seen, one.with_one_less, one.with_one_more)))
        for one in replicates.planned(draws)
    ]
    yield from _table(("effect", "replicates said to be needed", "seen in", "with one less", "with one more"), rows)


def _further(draws: int) -> Iterable[str]:
    yield "**`more`, where the effect is known from 5 replicates alone** and these left it undecided: how often so many"
    yield "new ones decide, alone (what `more` is for) or with the first ones (a second look):\n"
    found = [replicates.further(effect, draws) for effect in (0.0, SMALLEST, *replicates.EFFECTS)]
    rows = []
    for one in filter(None, found):
        shares = map(_percent, (one.alone, one.wrong, one.together, one.wrong_together))
        rows.append((f"{one.effect:g}", _percent(one.at_once), f"{one.more:.0f}", *shares))
    decided = ("decided, alone", "wrong", "decided, together", "wrong")
    yield from _table(("effect", "decided at once", "median of `more`", *decided), rows)


def _other_pilots(draws: int) -> Iterable[str]:
    yield "**The same from other first replicates, and in a family**: decided by the new ones alone; -: hardly ever"
    yield "undecided at first:\n"
    asked = [(f"{pilot} replicates", pilot, SIGNIFICANT) for pilot in replicates.PILOTS]
    family = replicates.CONFIGURATIONS
    asked.append((f"5 replicates, all pairs of {family}", 5, SIGNIFICANT / (family * (family - 1) // 2)))
    rows = []
    for name, pilot, level in asked:
        found = [replicates.further(effect, draws, pilot, level) for effect in replicates.EFFECTS]
        rows.append((name, *(_percent(None if one is None else one.alone) for one in found)))
    yield from _table(("effect", *(f"{one:g}" for one in replicates.EFFECTS)), rows)


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
