"""The cost curve of one trial: training and validation cost, with the epoch of the lowest validation cost marked."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from tracking.figures.bands import CostCurve
from tracking.figures.labels import EndLabel, label_ends
from tracking.figures.style import COLOURS, INK, blank, cost_axis, draw, epoch_axis, png

_VALIDATION, _TRAINING = COLOURS[0], COLOURS[1]
_HIGHEST = 4.0  # times the cost at epoch 0: what grows beyond leaves the picture


def trial_curve(title: str, subtitle: str, training: CostCurve, validation: CostCurve, best_epoch: int | None) -> bytes:
    """A PNG."""
    figure, axes = blank(title, subtitle)
    curves = (("validation", validation, _VALIDATION), ("training", training, _TRAINING))
    finite = [cost for _, curve, _ in curves for cost in curve.costs if cost is not None]
    begun = [curve.costs[0] for _, curve, _ in curves if curve.costs and curve.costs[0] is not None]
    ceiling = _HIGHEST * max(begun) if begun else math.inf
    cost_axis(axes, finite, ceiling)
    epoch_axis(axes, max((curve.epochs[-1] for _, curve, _ in curves if curve.epochs), default=1))
    ends = []
    for name, curve, colour in curves:
        draw(axes, curve.epochs, curve.costs, color=colour, linewidth=2.0, zorder=3)
        known = [cost for cost in curve.costs if cost is not None]
        if known:
            lowest = ", its lowest" if name == "validation" and curve.epochs[-1] == best_epoch else ""
            ends.append(EndLabel(f"{name} {known[-1]:.4g}{lowest}", min(known[-1], ceiling), colour))
    _mark(axes, validation, best_epoch)
    label_ends(axes, ends)
    return png(figure)


def _mark(axes: Axes, validation: CostCurve, best_epoch: int | None) -> None:
    """A ring at the lowest validation cost, named unless it is the last; thinned curves may lack that very epoch."""
    costs = dict(zip(validation.epochs, validation.costs, strict=True))
    lowest = costs.get(best_epoch) if best_epoch is not None else None
    if best_epoch is None or lowest is None:
        return
    ring = {"markerfacecolor": "white", "markeredgecolor": _VALIDATION, "markeredgewidth": 1.8, "markersize": 7.5}
    axes.plot([best_epoch], [lowest], "o", zorder=4, clip_on=False, **ring)  # type: ignore[arg-type]
    if best_epoch == validation.epochs[-1]:
        return
    near_end = best_epoch > 0.8 * axes.get_xlim()[1]
    axes.annotate(
        f"lowest: {lowest:.4g} at epoch {best_epoch}",
        (best_epoch, lowest),
        xytext=(0, 11),
        textcoords="offset points",
        ha="right" if near_end else "center",
        va="bottom",
        fontsize=9.5,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
        zorder=5,
    )
