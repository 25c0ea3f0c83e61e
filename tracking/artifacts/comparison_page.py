"""The comparison as one HTML page that needs nothing else: the answer first, then the ranking and every value.

MLflow shows it in a frame beside the picture of the curves, which it therefore leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from comparison.comparison import Comparison
from comparison.configurations import ConfigurationSummary
from comparison.marginals import HyperparameterComparison
from comparison.value_comparison import ValueComparison
from tracking.artifacts.page_cells import (
    MISSING,
    against_first,
    cost_ratio,
    epochs_to,
    median,
    median_and_spread,
    ratio_interval,
    share,
)
from tracking.artifacts.page_style import STYLE
from tracking.mapping.text import short_text

MOST_ROWS = 100
MOST_TARGETS = 3
MOST_COLUMNS = 4  # of hyperparameters; more are joined in one, which can break
_NUMBER, _TEXT = "number", ""

_RANKED = (
    "Medians over replicates, ± half the distance of the quartiles; ∞: half of the replicates or more diverged. "
    "Epochs to a cost: 12 (1/3): only one of three replicates reached it. Against the first: on common seeds, all "
    "pairs of configurations considered; ?: undecided; +7: as many new replicates, judged alone, tell in 8 of 10 cases."
)
_MATCHED = (
    "Only trials that are alike in all else, seeds included, are held against each other. Cost ratio: median of cost / "
    "best value's cost, with the 95 % interval of that median. Clear: beyond chance (5 %) with all pairs of values "
    "considered; likely: this pair alone; by a test that weighs how large differences are, too, so that the interval "
    "can hold 1 all the same."
)


@dataclass(frozen=True)
class _Row:
    cells: Sequence[str]
    best: bool = False


def comparison_page(title: str, facts: Sequence[str], found: Comparison, swept: Sequence[str]) -> bytes:
    """The page; `facts`: sentences for its head."""
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title><style>{STYLE}</style>",
        f"<h1>{escape(title)}</h1>",
        *(_quiet(fact) for fact in facts),
        _findings(found.headline),
        *(_quiet(f"Note: {note}") for note in found.notes),
        f"<h2>Configurations by {found.measure.replace('_', ' ')}</h2>",
        _quiet(_RANKED),
        _ranking(found, swept),
        *([_values(found.hyperparameters)] if found.hyperparameters else []),
        "</html>",
    ]
    return "\n".join(parts).encode()


def _quiet(text: str) -> str:
    return f"<p class='quiet'>{escape(text)}</p>"


def _findings(headline: Iterable[str]) -> str:
    """A paragraph for each sentence, what won in bold; what follows are the parts after its first semicolon."""
    items = []
    for sentence in headline:
        first, *rest = sentence.removesuffix(".").split("; ")
        more = f"<span>{escape('; '.join(rest))}</span>" if rest else ""
        items.append(f"<li><strong>{escape(first)}</strong>{more}</li>")
    return f"<h2>Which value won, and how sure is that?</h2><ul class='findings'>{''.join(items)}</ul>"


def _ranking(found: Comparison, swept: Sequence[str]) -> str:
    names = [name.replace("_", " ") for name in swept]
    values = names if len(names) <= MOST_COLUMNS else [" / ".join(names)]
    asked = [f"epochs to {target:g}" for target in found.targets[:MOST_TARGETS]]
    numbers = ["best cost", "final cost", *asked, "diverged", "stuck"]
    heads = {"rank": _NUMBER, "name": _TEXT, **dict.fromkeys(values, _TEXT), **dict.fromkeys(numbers, _NUMBER)}
    rows = [_configuration(one, swept) for one in found.configurations[:MOST_ROWS]]
    left = len(found.configurations) - MOST_ROWS
    more = _quiet(f"{left} more are in comparison.csv.") if left > 0 else ""
    return _table("ranking", heads | {"against the first": _TEXT}, rows) + more


def _configuration(one: ConfigurationSummary, swept: Sequence[str]) -> _Row:
    summary = one.summary
    values = [short_text(one.values[name]) for name in swept]
    is_first = one.rank == 1 and one.loss is not None
    cells = [
        MISSING if one.rank is None else str(one.rank),
        f"c{one.configuration_number}",
        *(values if len(values) <= MOST_COLUMNS else [" / ".join(values)]),
        median_and_spread(summary.best_validation_cost),
        median(summary.final_validation_cost),
        *map(epochs_to, summary.targets[:MOST_TARGETS]),
        share(summary.diverged_share),
        share(summary.stuck_share),
        against_first(one.standing.against_leader, is_first=is_first),
    ]
    return _Row(cells, best=is_first)


def _values(entries: Iterable[HyperparameterComparison]) -> str:
    rows = [_value(entry, one, place) for entry in entries for place, one in enumerate(entry.values)]
    numbers = ["wins", "cost ratio", "95 % interval", "diverged", "stuck"]
    heads = {"hyperparameter": _TEXT, "value": _TEXT, **dict.fromkeys(numbers, _NUMBER)}
    title = "<h2>Which value did best, everything else being equal</h2>"
    return title + _quiet(_MATCHED) + _table("values", heads | {"worse than the best?": _TEXT}, rows)


def _value(entry: HyperparameterComparison, one: ValueComparison, place: int) -> _Row:
    is_best = one.wins is not None and one.value == entry.best
    cells = [
        entry.name.replace("_", " ") if place == 0 else "",
        short_text(one.value),
        MISSING if one.wins is None else f"{one.wins:g} of {entry.units}",
        cost_ratio(one),
        ratio_interval(one, is_best=is_best),
        share(one.summary.diverged_share),
        share(one.summary.stuck_share),
        "the best" if is_best else str(one.sureness or MISSING),
    ]
    return _Row(cells, best=is_best)


def _table(name: str, heads: dict[str, str], rows: Iterable[_Row]) -> str:
    """`heads`: a column's title -> its kind. In a frame of its own, so that what is too wide scrolls there."""

    def cells(tag: str, texts: Iterable[str]) -> str:
        kinds = (f" class='{kind}'" if kind else "" for kind in heads.values())
        return "".join(f"<{tag}{kind}>{_breaking(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=True))

    body = "\n".join(f"<tr{' class=best' if row.best else ''}>{cells('td', row.cells)}</tr>" for row in rows)
    head = f"<thead><tr>{cells('th', heads)}</tr></thead>"
    return f"<div class='wide'><table id='{name}'>{head}<tbody>{body}</tbody></table></div>"


def _breaking(text: str) -> str:
    """Long names and lists may break after their own marks, not within a word."""
    return escape(text).replace("_", "_<wbr>").replace(",", ",<wbr>")
