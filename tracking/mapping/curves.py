"""Epoch rows as metric points: step is the epoch, the timestamp is the recorded one, only finite values are sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

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


def curve_points(rows: Iterable[EpochRow]) -> Iterator[Metric]:
    """Every finite value of every row."""
    for row in rows:
        timestamp = milliseconds(row.recorded_at)
        for key in CURVES:
            value = getattr(row, key)
            if value is not None and math.isfinite(value):
                yield Metric(key, float(value), timestamp, row.epoch)
