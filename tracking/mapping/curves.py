"""Epoch rows as metric points: step is the epoch, the timestamp is the recorded one, only finite values are sent.

Column by column: there are hundreds of thousands of them in a sweep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat, starmap
from math import isfinite

from results.values import EpochRow
from tracking.mapping.content import Metric
from tracking.mapping.text import milliseconds

CURVES = (
    "train_cost",
    "validation_cost",
    "train_accuracy",
    "validation_accuracy",
    "gradient_norm",
    "epoch_seconds",
)
_PLACES = {name: EpochRow._fields.index(name) for name in EpochRow._fields}


def curve_points(rows: Sequence[EpochRow]) -> Iterator[Metric]:
    """Every finite value of every row: one curve after the other, each by epoch."""
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    steps = columns[_PLACES["epoch"]]
    timestamps = [milliseconds(moment) for moment in columns[_PLACES["recorded_at"]]]
    for key in CURVES:
        points = zip(repeat(key, len(rows)), columns[_PLACES[key]], timestamps, steps, strict=True)
        yield from starmap(Metric, [point for point in points if point[1] is not None and isfinite(point[1])])
