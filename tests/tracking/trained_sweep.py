"""A sweep that a worker trained in this process, and all that MLflow has of its artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from sqlalchemy import select

from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import checkpoints, trials
from settings import Settings
from tests.worker.small_sweeps import submit, train_all

PARENT = {"comparison.csv", "comparison.html", "comparison.json", "cost_curves.png", "model", "sweep.yaml"}


def train_sweep(database: Database, **parameters: Any) -> int:
    """Six small trials on iris, of which some diverge, with checkpoints."""
    created = submit(database, **{"activation": "relu", "output_activation": "identity", **parameters})
    train_all(database, Settings(database_url=database.url, lease_seconds=600.0), created)
    return int(created.sweep_id)


def shown_artifacts(uri: str, project: str, folder: Any) -> dict[str, Any]:
    """Files and models of a project by our own keys, with MLflow's ids and times taken out, so that ways compare."""
    mlflow.set_tracking_uri(uri)  # what reads a model's files takes it from there
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(project).experiment_id
    runs = client.search_runs([experiment], max_results=1000)
    models = {one.model_id: one for one in client.search_logged_models([experiment])}
    ids = {run.info.run_id: run.data.tags["backsweep.run"] for run in runs}
    ids |= {model_id: one.tags["backsweep.model"] for model_id, one in models.items()}
    return {
        "runs": {ids[run.info.run_id]: _run(uri, run, ids, folder / run.info.run_id) for run in runs},
        "models": {ids[model_id]: _model(uri, one, ids, folder / model_id) for model_id, one in models.items()},
    }


def _run(uri: str, run: Any, ids: dict[str, str], folder: Any) -> dict[str, Any]:
    client, run_id, tags = MlflowClient(uri), run.info.run_id, run.data.tags
    folder.mkdir(parents=True)
    if client.list_artifacts(run_id):
        client.download_artifacts(run_id, "", str(folder))
    return {
        "files": _files(folder),
        "tags": {key: tags.get(key) for key in ("mlflow.loggedArtifacts", "backsweep.model", "backsweep.best_trial")},
        "outputs": sorted((ids[one.model_id], one.step) for one in (run.outputs.model_outputs if run.outputs else [])),
    }


def _model(uri: str, one: Any, ids: dict[str, str], folder: Any) -> dict[str, Any]:
    folder.mkdir(parents=True)
    download_artifacts(artifact_uri=f"models:/{one.model_id}", dst_path=str(folder), tracking_uri=uri)
    points = [(point.key, point.value, point.step, point.timestamp, ids[point.run_id]) for point in one.metrics]
    return {
        "name": (one.name, one.model_type, str(one.status), ids[one.source_run_id]),
        "params": dict(one.params),
        "tags": dict(one.tags),
        "metrics": sorted(points),
        "files": _files(folder),
    }


def _files(folder: Any) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def row(database: Database, sweep_id: int) -> Any:
    with database.read() as connection:
        return connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()


def best_row(database: Database, sweep_id: int) -> Any:
    with database.read() as connection:
        query = select(trials, checkpoints.c.state.label("weights")).join(checkpoints)
        query = query.where(trials.c.sweep_id == sweep_id, trials.c.diverged_epoch.is_(None))
        return connection.execute(query.order_by(trials.c.best_validation_cost)).first()


def diverged(database: Database, sweep_id: int) -> list[int]:
    with database.read() as connection:
        query = select(trials.c.id).where(trials.c.sweep_id == sweep_id, trials.c.outcome == "diverged")
        return list(connection.execute(query).scalars())


def folder_contents(settings: Settings) -> dict[str, bytes]:
    root = Path(settings.mlflow_artifacts_root)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
