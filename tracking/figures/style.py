"""How all pictures look: size, colours, quiet axes, text to the left. Without pyplot, which keeps global state."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

INK, QUIET, FAINT, GRID = "#222831", "#6b7280", "#c3c8d0", "#eceef1"
# Five hues of about equal weight that differ in the common kinds of colour blindness too (after Okabe and Ito 2008).
COLOURS = ("#0072b2", "#d55e00", "#008f6b", "#a6588f", "#b58900")
_WIDTH, _HEIGHT, _DPI = 10.0, 5.6, 160
_LEFT, _RIGHT, _BOTTOM, _TOP = 0.07, 0.735, 0.115, 0.8
_LOG_FROM = 15.0  # ratio of highest to lowest cost from which differences near the end need a logarithmic axis


def blank(title: str, subtitle: str) -> tuple[Figure, Axes]:
    """A figure with its title and axes; room for labels is left on the right."""
    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((_LEFT, _BOTTOM, _RIGHT - _LEFT, _TOP - _BOTTOM))
    figure.text(_LEFT, 0.945, title, fontsize=14, fontweight="bold", color=INK, parse_math=False)
    figure.text(_LEFT, 0.893, subtitle, fontsize=9.5, color=QUIET, parse_math=False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(colors=QUIET, labelsize=9.5, length=0, pad=6)
    axes.grid(axis="y", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    return figure, axes


def draw(axes: Axes, epochs: Sequence[int], costs: Sequence[float | None], **look: Any) -> None:
    """A line through the finite costs; one that stands alone, as before a divergence, is a dot: lines need two."""
    values = [cost if cost is not None and math.isfinite(cost) else math.nan for cost in costs]
    axes.plot(epochs, values, solid_capstyle="round", **look)
    around = [math.nan, *values, math.nan]
    known = [math.isfinite(value) for value in around]
    alone = [n for n in range(len(values)) if known[n : n + 3] == [False, True, False]]
    dots = {"marker": "o", "linestyle": "none", "markersize": 2.6 * look.get("linewidth", 2.0), "clip_on": False}
    axes.plot([epochs[n] for n in alone], [values[n] for n in alone], **{**look, **dots})


def remark(figure: Figure, text: str) -> None:
    """A quiet line below the axes, to the right."""
    figure.text(_RIGHT, 0.0425, text, fontsize=9.5, color=QUIET, ha="right", parse_math=False)


def cost_axis(axes: Axes, costs: Iterable[float], ceiling: float) -> None:
    """The vertical axis for these finite costs, logarithmic where they span much; nothing above `ceiling` is shown."""
    shown = [cost for cost in costs if cost <= ceiling]
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    if low > 0 and high / low >= _LOG_FROM:
        axes.set_yscale("log")
        axes.set_ylim(low / 1.25, high * 1.15)
        dense = high / low < 300
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if dense else (1,), numticks=12))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.tick_params(which="minor", length=0)
    else:
        margin = 0.06 * (high - low) or 0.05 * (abs(high) or 1.0)
        axes.set_ylim(low - margin if low - margin > 0 or low <= 0 else 0.0, high + margin)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def epoch_axis(axes: Axes, last: int) -> None:
    """The horizontal axis, from the epoch before the first update."""
    axes.set_xlim(0, max(1, last))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, steps=[1, 2, 5, 10]))
    axes.set_xlabel("epoch", color=QUIET, fontsize=9.5, labelpad=6)


def png(figure: Figure) -> bytes:
    """The picture; the same values give the same bytes with the same matplotlib."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
