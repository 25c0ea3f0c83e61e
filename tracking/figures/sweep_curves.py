"""The cost curves of a sweep: its best configurations in colour, with their spread over seeds, the others behind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tracking.figures.bands import Band, CostCurve, band
from tracking.figures.labels import EndLabel, label_ends
from tracking.figures.style import COLOURS, FAINT, QUIET, blank, cost_axis, draw, epoch_axis, png, remark
from tracking.mapping.text import cut

MOST_IN_COLOUR = len(COLOURS)
MOST_LETTERS = 36  # of a label: what the right margin holds


@dataclass(frozen=True)
class ConfigurationCurves:
    """A configuration by its swept values, with the validation costs of its replicates.

    `diverged`: how many of them did, those included whose costs stayed finite.
    """

    label: str
    replicates: Sequence[CostCurve]
    diverged: int = 0


def sweep_curves(title: str, subtitle: str, heading: str, ranked: Sequence[ConfigurationCurves]) -> bytes:
    """A PNG; `ranked`: best first, `heading`: what the labels name."""
    return png(sweep_figure(title, subtitle, heading, ranked))


def sweep_figure(title: str, subtitle: str, heading: str, ranked: Sequence[ConfigurationCurves]) -> Figure:
    """The same before it is drawn."""
    bands = [band(one.replicates) for one in ranked]
    drawn = [(one, found) for one, found in zip(ranked, bands, strict=True) if found.epochs]
    figure, axes = blank(title, subtitle)
    best, others = drawn[:MOST_IN_COLOUR], drawn[MOST_IN_COLOUR:]
    ceiling = _ceiling([found for _, found in best], [found for _, found in others])
    cost_axis(axes, _finite(found.medians for _, found in drawn), ceiling)
    epoch_axis(axes, max((found.epochs[-1] for _, found in drawn), default=1))
    for _, found in others:
        draw(axes, found.epochs, found.medians, color=FAINT, linewidth=0.9, alpha=0.75, zorder=1.5)
    for place, (_, found) in reversed(list(enumerate(best))):
        _draw(axes, found, COLOURS[place], 3 - 0.1 * place)
    label_ends(axes, [_label(one, found, ceiling, COLOURS[place]) for place, (one, found) in enumerate(best)])
    axes.annotate(
        "\n".join(wrap(heading, MOST_LETTERS + 2)[:2]),
        xy=(1.0, 1.0),
        xycoords="axes fraction",
        xytext=(20, 4),
        textcoords="offset points",
        fontsize=8.5,
        color=QUIET,
        parse_math=False,
    )
    _tell_diverged(axes, drawn)
    return figure


def _tell_diverged(axes: Axes, drawn: Sequence[tuple[ConfigurationCurves, Band]]) -> None:
    """How many trials did: in the midst of the axes where that leaves them next to empty."""
    lost, among = sum(_diverged(one, found) for one, found in drawn), sum(found.replicates for _, found in drawn)
    if not lost:
        return
    text = f"{lost} of the {among} trials drawn diverged" if lost < among else f"All {among} trials drawn diverged"
    if any(len(_finite([found.medians])) > 1 for _, found in drawn):
        remark(axes.figure, text)  # type: ignore[arg-type]
        return
    look = {"fontsize": 12, "color": QUIET, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 6}}
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", **look)  # type: ignore[arg-type]


def _diverged(one: ConfigurationCurves, found: Band) -> int:
    return max(one.diverged, found.diverged)


def _draw(axes: Axes, found: Band, colour: str, order: float) -> None:
    lowest, highest = _gaps(found.lowest), _gaps(found.highest)
    axes.fill_between(found.epochs, lowest, highest, color=colour, alpha=0.13, linewidth=0, zorder=order - 0.5)
    draw(axes, found.epochs, found.medians, color=colour, linewidth=1.9, zorder=order)


def _label(one: ConfigurationCurves, found: Band, ceiling: float, colour: str) -> EndLabel:
    """At the last finite median, with how many replicates diverged."""
    finite = [value for value in found.medians if math.isfinite(value)]
    diverged = _diverged(one, found)
    lost = f"  {diverged}/{found.replicates} diverged" if diverged else ""
    text = cut(one.label, MOST_LETTERS - len(lost)) + lost
    return EndLabel(text, min(finite[-1] if finite else ceiling, ceiling), colour)


def _ceiling(best: Sequence[Band], others: Sequence[Band]) -> float:
    """As high as the best go, and as high as all begin: what grows beyond that would squeeze the rest."""
    costs = [*_finite(found.medians for found in best), *_finite(found.medians[:1] for found in [*best, *others])]
    begun = _finite(found.medians[:1] for found in best)
    return min(max(costs), 4 * max(begun)) if costs and begun else math.inf


def _finite(rows: Iterable[Sequence[float]]) -> list[float]:
    return [value for row in rows for value in row if math.isfinite(value)]


def _gaps(values: Sequence[float]) -> list[float]:
    return [value if math.isfinite(value) else math.nan for value in values]
