"""Runs with their params and tags as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlflow.store.tracking.dbmodels.models import SqlParam, SqlRun, SqlTag
from mlflow.utils.uri import append_to_uri_path
from sqlalchemy import Connection, select

from tracking.bulk.upsert import insert_new, insert_or_update
from tracking.destination import Stage
from tracking.mapping.content import RunContent

RUNS = SqlRun.__table__
_CHUNK = 500  # ids in one IN (...)

Placed = Sequence[tuple[str, RunContent]]  # run id, content; ordered by run id so that two trackers lock alike


def stages(connection: Connection, run_ids: Sequence[str]) -> dict[str, Stage]:
    """What became of each of these runs."""
    found = dict.fromkeys(run_ids, Stage.MISSING)
    for first in range(0, len(run_ids), _CHUNK):
        chunk = run_ids[first : first + _CHUNK]
        query = select(RUNS.c.run_uuid, RUNS.c.lifecycle_stage).where(RUNS.c.run_uuid.in_(chunk))
        found |= {run_id: Stage(stage) for run_id, stage in connection.execute(query)}
    return found


def write_runs(connection: Connection, experiment_id: int, artifacts: str, placed: Placed) -> None:
    """Insert runs; of those that are there, status, end time, params and tags follow the content, name and start not.

    MLflow's API holds params for final, but an extension gives a trial more epochs and a sweep more values.
    """
    rows = [_run_row(run_id, run, experiment_id, artifacts) for run_id, run in placed]
    insert_or_update(connection, RUNS, rows, ["status", "end_time"])
    insert_or_update(connection, SqlParam.__table__, _pairs(placed, lambda run: run.params), ["value"])
    labels = _pairs(placed, lambda run: {"mlflow.runName": run.name, **run.labels})
    insert_new(connection, SqlTag.__table__, labels)
    insert_or_update(connection, SqlTag.__table__, _pairs(placed, lambda run: run.tags), ["value"])


def _pairs(placed: Placed, of: Any) -> list[dict[str, str]]:
    """Rows (run, key, value) of one mapping of each run, in order of run and key."""
    found: list[dict[str, str]] = []
    for run_id, run in placed:
        pairs: Mapping[str, str] = of(run)
        found += [{"run_uuid": run_id, "key": key, "value": pairs[key]} for key in sorted(pairs)]
    return found


def _run_row(run_id: str, run: RunContent, experiment_id: int, artifacts: str) -> dict[str, Any]:
    return {
        "run_uuid": run_id,
        "name": run.name,
        "source_type": "UNKNOWN",  # as MLflow's own create_run leaves these columns; the UI reads the tags
        "source_name": "",
        "entry_point_name": "",
        "source_version": "",
        "user_id": run.labels.get("mlflow.user"),  # a partial run is there already
        "status": run.status,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "deleted_time": None,
        "lifecycle_stage": "active",
        "artifact_uri": append_to_uri_path(artifacts, run_id, "artifacts"),
        "experiment_id": experiment_id,
    }
