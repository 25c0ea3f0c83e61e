"""Metric points as rows of `metrics`, the newest of each as rows of `latest_metrics`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric
from sqlalchemy import Connection

from tracking.bulk.runs import Placed
from tracking.bulk.upsert import insert_new, insert_or_update
from tracking.mapping.content import Metric


def write_metrics(connection: Connection, placed: Placed) -> None:
    """Insert the points that are not there; the latest ones move forward only, as MLflow's own do."""
    rows = [_row(run_id, point) for run_id, run in placed for point in run.metrics]
    insert_new(connection, SqlMetric.__table__, rows)
    newest = [_row(run_id, point) for run_id, run in placed for point in _newest(run.metrics)]
    moved = ("value", "timestamp", "step", "is_nan")
    insert_or_update(connection, SqlLatestMetric.__table__, newest, moved, newer=("step", "timestamp", "value"))


def _row(run_id: str, point: Metric) -> dict[str, Any]:
    return {
        "run_uuid": run_id,
        "key": point.key,
        "value": point.value,
        "timestamp": point.timestamp,
        "step": point.step,
        "is_nan": False,
    }


def _newest(points: Iterable[Metric]) -> list[Metric]:
    """The last point of each metric by step, time and value, ordered by key."""
    newest: dict[str, Metric] = {}
    for point in points:
        held = newest.get(point.key)
        if held is None or point[:0:-1] > held[:0:-1]:
            newest[point.key] = point
    return [newest[key] for key in sorted(newest)]
