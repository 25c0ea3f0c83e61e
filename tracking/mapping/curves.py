"""Epoch rows as metric points: step is the epoch, the timestamp is the recorded one, only finite values are sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from operator import attrgetter

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
_values = attrgetter(*CURVES)


def curve_points(rows: Iterable[EpochRow]) -> Iterator[Metric]:
    """Every finite value of every row."""
    for row in rows:
        timestamp, step = milliseconds(row.recorded_at), row.epoch
        for key, value in zip(CURVES, _values(row), strict=True):
            if value is not None and isfinite(value):
                yield Metric(key, value, timestamp, step)
