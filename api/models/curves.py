"""Bodies of curves: columns, not rows, because that is a quarter of the bytes and what plots want."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from api.models.base import Body, Count, Key, Moment, Real
from api.models.comparing import BandBody
from comparison.axes import Axis


class Curve(Body):
    """A trial's curve; entry i of each column belongs to `epoch[i]`. Epoch 0 is before the first update."""

    epoch: list[Count]
    updates: list[Count]
    train_cost: list[Real]
    validation_cost: list[Real]
    train_accuracy: list[Real]
    validation_accuracy: list[Real]
    gradient_norm: list[Real]
    epoch_seconds: list[Real]
    recorded_at: list[Moment]


class TrialCurve(Body):
    """The curve of one trial: its epochs, and the metrics that were asked for."""

    trial_id: Key
    number: Count
    configuration_number: Count
    replicate: Count
    epoch: list[Count]
    at: list[Real] | None = Field(None, description="where the epoch lies on the axis, if one was asked for")
    updates: list[Count] | None = None
    train_cost: list[Real] | None = None
    validation_cost: list[Real] | None = None
    train_accuracy: list[Real] | None = None
    validation_accuracy: list[Real] | None = None
    gradient_norm: list[Real] | None = None
    epoch_seconds: list[Real] | None = None


class Curves(Body):
    """A page of a sweep's curves, in the order of the trials' numbers."""

    sweep_id: Key
    metrics: list[str]
    axis: Axis = Field(description="what `at` holds")
    curves: list[TrialCurve] = Field(description="empty where bands were asked for")
    bands: list[BandBody] = Field(description="one for each configuration and metric, where they were asked for")
    next: str | None = Field(description="address of the next page, or null at the end")


def columns_of(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Rows (named tuples of one kind) as columns by field name; no rows give no columns but `epoch` and the like."""
    names = list(rows[0]._fields) if rows else list(Curve.model_fields)
    return {name: [getattr(row, name) for row in rows] for name in names if name not in ("trial_id", "layer")}
