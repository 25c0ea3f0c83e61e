"""Labels beside the ends of curves instead of a legend: pushed apart where they would overlap, tied to their curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from tracking.figures.style import FAINT

_GAP = 15.0  # between two lines of text, points
_HEADING = 12.0  # kept free at the top, points
_OUT = 20.0  # from the right edge of the axes to the text, points


@dataclass(frozen=True)
class EndLabel:
    """A text in the colour of its curve, wanted at this height in data units."""

    text: str
    height: float
    colour: str


def label_ends(axes: Axes, labels: Sequence[EndLabel]) -> None:
    """Write the labels to the right of the axes, each as near to the end of its curve as the others allow."""
    scale = 72.0 / axes.figure.dpi
    low, high = (float(point) * scale for point in axes.get_window_extent().intervaly)
    wanted = [float(axes.transData.transform((0, label.height))[1]) * scale for label in labels]
    inside = [min(max(height, low), high) for height in wanted]
    ends = spread(inside, _GAP, low, high - _HEADING)
    for label, start, end in zip(labels, inside, ends, strict=True):
        at = ((start - low) / (high - low), end - start)
        place = {"xy": (1.0, at[0]), "xycoords": "axes fraction", "textcoords": "offset points"}
        tie = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.8, "shrinkA": 2, "shrinkB": 3}
        axes.annotate(
            label.text,
            xytext=(_OUT, at[1]),
            color=label.colour,
            fontsize=9,
            va="center",
            annotation_clip=False,
            arrowprops={**tie, "relpos": (0, 0.5)},
            parse_math=False,
            **place,  # type: ignore[arg-type]
        )


def spread(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights at least `gap` apart, in the same order, moved as a block as little as that takes; inside if they fit."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    blocks: list[tuple[list[int], float]] = []  # members from below, and the height of the lowest
    for place in order:
        members = [place]
        bottom = _bottom(heights, members, gap, low, high)
        while blocks and bottom < blocks[-1][1] + gap * len(blocks[-1][0]):
            members = blocks.pop()[0] + members
            bottom = _bottom(heights, members, gap, low, high)
        blocks.append((members, bottom))
    moved = [0.0] * len(heights)
    for members, bottom in blocks:
        for step, place in enumerate(members):
            moved[place] = bottom + gap * step
    return moved


def _bottom(heights: Sequence[float], members: Sequence[int], gap: float, low: float, high: float) -> float:
    """Where the lowest of a block stands so that its members move as little as can be, inside the bounds."""
    wanted = sum(heights[one] - gap * step for step, one in enumerate(members)) / len(members)
    return max(low, min(wanted, high - gap * (len(members) - 1)))
