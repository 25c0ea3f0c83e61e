"""Curves and bands as the columns of a page: thinned, and with their place on the axis. For `api.views.curves`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from api.models.queries import CurvesQuery
from comparison.axes import Axis, Replicated
from comparison.bands import Band
from comparison.thinning import kept
from results.reads.replicated import EpochWork
from results.values import SweepCurve


def needed(query: CurvesQuery) -> list[str]:
    """The columns to read: those asked for, and what the axis is made of."""
    by_axis = {Axis.UPDATES: ["updates"], Axis.SECONDS: ["epoch_seconds"]}
    return list(dict.fromkeys([*query.metrics, *by_axis.get(query.axis, [])]))


def trial_columns(curve: SweepCurve, query: CurvesQuery, work: Mapping[int, EpochWork]) -> dict[str, Any]:
    """One trial's curve; `work`: of one epoch, by configuration."""
    columns: dict[str, Sequence[Any]] = {"epoch": curve.epochs}
    if query.axis is not Axis.EPOCHS:
        columns["at"] = _places(curve, query.axis, work[curve.configuration_number])
    columns |= {name: curve.values[name] for name in query.metrics}
    if query.points is not None:
        places = kept([curve.values[name] for name in query.metrics], query.points)
        columns = {name: [column[place] for place in places] for name, column in columns.items()}
    return {
        "trial_id": curve.trial_id,
        "number": curve.number,
        "configuration_number": curve.configuration_number,
        "replicate": curve.replicate,
        **columns,
    }


def band_columns(configuration: Replicated, found: Band, metric: str, points: int | None) -> dict[str, Any]:
    """One configuration's band."""
    names = ("at", "center", "low", "high", "live", "diverged")
    columns: dict[str, Sequence[Any]] = {"epoch": range(len(found.at))} | {name: getattr(found, name) for name in names}
    places = columns["epoch"] if points is None else kept([found.center], points)
    if len(places) < len(found.at):
        columns = {name: [column[place] for place in places] for name, column in columns.items()}
    return {
        "configuration_number": configuration.configuration_number,
        "metric": metric,
        "replicates": found.replicates,
        **columns,
        "epoch": list(places),
    }


def _places(curve: SweepCurve, axis: Axis, work: EpochWork) -> list[float]:
    if axis is Axis.UPDATES:
        return [float(updates or 0) for updates in curve.values["updates"]]
    if axis is Axis.SECONDS:
        return list(accumulate(seconds or 0.0 for seconds in curve.values["epoch_seconds"]))
    per_epoch = work.samples if axis is Axis.SAMPLES else work.operations
    return [float(epoch * per_epoch) for epoch in curve.epochs]
