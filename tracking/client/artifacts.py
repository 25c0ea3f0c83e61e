"""Artifacts through the client: files first, then tags, then the model, in steps that may each be repeated."""

from __future__ import annotations

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus, Metric

from tracking.artifacts.content import MODEL_TYPE, BestModel, SweepArtifacts
from tracking.artifacts.folders import MODEL_FOLDER, file_folder, leaves_the_root
from tracking.errors import Refused


def send_artifacts(client: MlflowClient, content: SweepArtifacts, artifacts_root: str) -> None:
    """Send files and model, but for runs that were deleted.

    Raises the client's own errors, `OSError`, and `Refused` where MLflow would have this machine's files written.
    """
    active = {run.run_id for run in content.runs if _is_active(client, run.run_id, artifacts_root)}
    for run in content.runs:
        if run.run_id in active:
            with file_folder(run.files) as folder:
                client.log_artifacts(run.run_id, folder)
            for tag in run.tags.items():
                client.set_tag(run.run_id, *tag, synchronous=True)
    model = content.model
    if model is not None and {model.trial_run_id, model.sweep_run_id} <= active:
        _send_model(client, content.experiment_id, model, artifacts_root)


def _is_active(client: MlflowClient, run_id: str, artifacts_root: str) -> bool:
    info = client.get_run(run_id).info
    _refuse_local(str(info.artifact_uri), artifacts_root)
    return str(info.lifecycle_stage) == "active"


def _refuse_local(location: str, artifacts_root: str) -> None:
    if leaves_the_root(location, artifacts_root):
        raise Refused(f"MLflow keeps artifacts at {location}, which is not below BACKSWEEP_MLFLOW_ARTIFACTS_ROOT")


def _send_model(client: MlflowClient, experiment_id: str, model: BestModel, artifacts_root: str) -> None:
    logged = _adopt(client, experiment_id, model) or _create(client, experiment_id, model)
    _refuse_local(str(logged.artifact_location), artifacts_root)
    with file_folder(model.files) as folder:
        client.log_model_artifacts(logged.model_id, folder)
        client.log_artifacts(model.sweep_run_id, folder, MODEL_FOLDER)
    for run_id in (model.trial_run_id, model.sweep_run_id):
        _log_output(client, run_id, LoggedModelOutput(logged.model_id, model.epoch))
    points = [Metric(one.key, one.value, one.timestamp, one.step, logged.model_id) for one in model.metrics]
    client.log_batch(model.trial_run_id, metrics=points, synchronous=True)
    if logged.status != LoggedModelStatus.READY:
        client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)


def _adopt(client: MlflowClient, experiment_id: str, model: BestModel) -> LoggedModel | None:
    """The model with our tag: creating is not idempotent, and a crash may have come after it."""
    found = client.search_logged_models([experiment_id], f"tags.`backsweep.model` = '{model.key}'", max_results=10)
    return min(found, key=lambda one: int(one.creation_timestamp), default=None)


def _create(client: MlflowClient, experiment_id: str, model: BestModel) -> LoggedModel:
    return client.create_logged_model(
        experiment_id, model.name, model.trial_run_id, dict(model.tags), dict(model.params), MODEL_TYPE
    )


def _log_output(client: MlflowClient, run_id: str, output: LoggedModelOutput) -> None:
    """Once: MLflow refuses the same output a second time."""
    outputs = client.get_run(run_id).outputs
    known = {one.model_id for one in outputs.model_outputs} if outputs else set()
    if output.model_id not in known:
        client.log_outputs(run_id, [output])
