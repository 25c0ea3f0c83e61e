"""The comparison as one HTML page that needs nothing else: the ranking, which value did best, and how sure that is.

MLflow shows it in a frame beside the picture of the curves, which it therefore leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from comparison.comparison import Comparison
from comparison.configurations import ConfigurationSummary
from comparison.marginals import HyperparameterComparison
from comparison.spread import Spread
from comparison.summary import TargetSummary
from tracking.mapping.text import short_text

MOST_ROWS = 100
MISSING = "-"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222831; max-width: 68rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2.2rem 0 .5rem } p { margin: .4rem 0 }
.quiet { color: #6b7280; font-size: .9rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem }
th { text-align: left; font-weight: 600; color: #6b7280; border-bottom: 1px solid #c3c8d0; vertical-align: bottom }
th, td { padding: .28rem .9rem .28rem 0; white-space: nowrap } td { border-bottom: 1px solid #eceef1 }
.number { text-align: right } #ranking tbody tr:first-child td { font-weight: 600 }
"""


def comparison_page(title: str, facts: Sequence[str], found: Comparison, swept: Sequence[str]) -> bytes:
    """The page; `facts`: sentences for its head."""
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title><style>{_STYLE}</style>",
        f"<h1>{escape(title)}</h1>",
        *(f"<p class='quiet'>{escape(fact)}</p>" for fact in [*facts, *found.notes]),
        f"<h2>Configurations by {found.measure.replace('_', ' ')}</h2>",
        "<p class='quiet'>Medians over replicates, ± half the distance of the quartiles.</p>",
        _ranking(found, swept),
        *([_values(found.hyperparameters)] if found.hyperparameters else []),
        "</html>",
    ]
    return "\n".join(parts).encode()


def _ranking(found: Comparison, swept: Sequence[str]) -> str:
    targets = [f"epochs to {target:g}" for target in found.targets]
    values = [name.replace("_", " ") for name in swept]
    heads = ["rank", "best cost", *values, "final cost", *targets, "diverged", "stuck"]
    numbers = {0, 1, *range(2 + len(swept), len(heads))}
    rows = [_configuration(one, swept) for one in found.configurations[:MOST_ROWS]]
    left = len(found.configurations) - MOST_ROWS
    more = f"<p class='quiet'>{left} more are in comparison.csv.</p>" if left > 0 else ""
    return _table("ranking", heads, rows, numbers) + more


def _configuration(one: ConfigurationSummary, swept: Sequence[str]) -> list[str]:
    summary = one.summary
    return [
        MISSING if one.rank is None else str(one.rank),
        _spread(summary.best_validation_cost),
        *(short_text(one.values[name]) for name in swept),
        _spread(summary.final_validation_cost),
        *(_target(target) for target in summary.targets),
        _share(summary.diverged_share),
        _share(summary.stuck_share),
    ]


def _values(entries: Iterable[HyperparameterComparison]) -> str:
    rows = []
    for entry in entries:
        for one in entry.values:
            verdict = "the best" if one.wins is not None and one.value == entry.best else (one.sureness or MISSING)
            ratio = MISSING if one.wins is None else "∞" if one.ratio is None else f"{one.ratio:.3g}"
            wins = MISSING if one.wins is None else f"{one.wins:g} of {entry.units}"
            rows.append([entry.name.replace("_", " "), short_text(one.value), wins, ratio, str(verdict)])
    heads = ["hyperparameter", "value", "wins", "cost ratio", "worse than the best?"]
    note = "Only trials that are alike in all else, seeds included, are held against each other."
    title = "<h2>Which value did best, everything else being equal</h2>"
    return f"{title}<p class='quiet'>{note}</p>{_table('values', heads, rows, {2, 3})}"


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]) -> str:
    def cells(tag: str, texts: Sequence[str]) -> str:
        kinds = (" class='number'" if place in numbers else "" for place in range(len(texts)))
        return "".join(f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=True))

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table id='{name}'><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def _spread(found: Spread | None) -> str:
    if found is None:
        return MISSING
    if found.median is None:
        return "∞"
    if found.count < 2 or found.lower_quartile is None:
        return f"{found.median:.3g}"
    half = "∞" if found.upper_quartile is None else f"{(found.upper_quartile - found.lower_quartile) / 2:.2g}"
    return f"{found.median:.3g} ± {half}"


def _target(target: TargetSummary) -> str:
    if target.reached == 0:
        return MISSING
    missed = "" if target.reached == target.of else f" ({target.reached} of {target.of})"
    return (f"{target.median_epoch:g}" if target.median_epoch is not None else "") + missed


def _share(share: float | None) -> str:
    return MISSING if share is None else f"{100 * share:.0f}%"
