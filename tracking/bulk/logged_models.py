"""The best trial's model as rows of MLflow's `logged_models` and what belongs to them, and as output of both runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlflow.entities import LoggedModelStatus
from mlflow.store.tracking.dbmodels.models import (
    SqlInput,
    SqlLoggedModel,
    SqlLoggedModelMetric,
    SqlLoggedModelParam,
    SqlLoggedModelTag,
)
from mlflow.utils.uri import append_to_uri_path
from sqlalchemy import Connection

from tracking.artifacts.content import MODEL_TYPE, BestModel
from tracking.bulk.upsert import insert_new, insert_or_update
from tracking.mapping.identity import input_key


def model_location(experiment_location: str, model_id: str) -> str:
    """Where MLflow keeps the files of an experiment's model."""
    return str(append_to_uri_path(experiment_location, "models", model_id, "artifacts"))


def write_model(connection: Connection, experiment_id: int, experiment_location: str, model: BestModel) -> None:
    """Insert the model; where it is there, nothing changes but its state. One that was deleted stays deleted."""
    model_id = f"m-{model.key}"
    row = {
        "model_id": model_id,
        "experiment_id": experiment_id,
        "name": model.name,
        "artifact_location": model_location(experiment_location, model_id),
        "creation_timestamp_ms": model.created,
        "last_updated_timestamp_ms": model.created,
        "status": LoggedModelStatus.READY.to_int(),
        "lifecycle_stage": "active",
        "model_type": MODEL_TYPE,
        "source_run_id": model.trial_run_id,
    }
    insert_or_update(connection, SqlLoggedModel.__table__, [row], ["status"])
    own = {"model_id": model_id, "experiment_id": experiment_id}
    insert_new(connection, SqlLoggedModelParam.__table__, _pairs(own, "param", model.params))
    insert_or_update(connection, SqlLoggedModelTag.__table__, _pairs(own, "tag", model.tags), ["tag_value"])
    insert_new(connection, SqlLoggedModelMetric.__table__, [_metric(own, model, point) for point in model.metrics])
    runs = sorted((model.trial_run_id, model.sweep_run_id))
    insert_new(connection, SqlInput.__table__, [_output(run_id, model_id, model.epoch) for run_id in runs])


def _pairs(own: Mapping[str, Any], kind: str, pairs: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**own, f"{kind}_key": key, f"{kind}_value": pairs[key]} for key in sorted(pairs)]


def _metric(own: Mapping[str, Any], model: BestModel, point: Any) -> dict[str, Any]:
    return {
        **own,
        "metric_name": point.key,
        "metric_timestamp_ms": point.timestamp,
        "metric_step": point.step,
        "metric_value": point.value,
        "run_id": model.trial_run_id,
    }


def _output(run_id: str, model_id: str, step: int) -> dict[str, Any]:
    return {
        "input_uuid": input_key("output", run_id, model_id),
        "source_type": "RUN_OUTPUT",
        "source_id": run_id,
        "destination_type": "MODEL_OUTPUT",
        "destination_id": model_id,
        "step": step,
    }
