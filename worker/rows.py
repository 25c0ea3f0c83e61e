"""From the engine's arrays to rows: one epoch of every live trial, with what is not finite as None."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from engine.trials import EpochRecords, LayerRecords
from results.values import EpochRow, LayerRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MEASURES = tuple(entry.name for entry in fields(LayerRecords))


def epoch_rows(records: EpochRecords, trial_ids: Sequence[int], now: datetime) -> list[EpochRow]:
    """One row per live trial, in the order of `records.trials`; `trial_ids` are by position."""
    columns = zip(
        records.trials.tolist(),
        _finite(records.train_cost),
        _finite(records.validation_cost),
        _finite(records.train_accuracy),
        _finite(records.validation_accuracy),
        _finite(records.gradient_norm),
        strict=True,
    )
    return [
        EpochRow(
            trial_id=trial_ids[position],
            epoch=records.epoch,
            updates=records.updates,
            train_cost=train_cost,
            validation_cost=validation_cost,
            train_accuracy=train_accuracy,
            validation_accuracy=validation_accuracy,
            gradient_norm=gradient_norm,
            epoch_seconds=records.seconds,
            recorded_at=now,
        )
        for position, train_cost, validation_cost, train_accuracy, validation_accuracy, gradient_norm in columns
    ]


def layer_rows(records: EpochRecords, trial_ids: Sequence[int]) -> list[list[LayerRow]]:
    """Per live trial the rows of its weight layers, layers counted from 1; empty lists where none were measured."""
    positions = records.trials.tolist()
    if records.layers is None:
        return [[] for _ in positions]
    measures = [getattr(records.layers, name).tolist() for name in _MEASURES]
    return [
        [
            LayerRow(trial_ids[position], records.epoch, layer, *(_number(value) for value in values))
            for layer, values in enumerate(zip(*(measure[place] for measure in measures), strict=True), start=1)
        ]
        for place, position in enumerate(positions)
    ]


def _finite(array: NDArray[np.float64]) -> list[float | None]:
    return [_number(value) for value in array.tolist()]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
