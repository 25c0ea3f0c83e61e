"""Projects as rows of MLflow's `experiments`."""

from __future__ import annotations

from mlflow.store.tracking.dbmodels.models import SqlExperiment, SqlExperimentTag
from mlflow.utils.time import get_current_time_millis
from mlflow.utils.uri import append_to_uri_path, is_local_uri
from sqlalchemy import Connection, select, update

from tracking.bulk.upsert import insert_new
from tracking.mapping.content import ExperimentContent

EXPERIMENTS = SqlExperiment.__table__
_WORKSPACE = "default"  # MLflow's name for the one workspace of a server without workspaces
# Where a server that serves artifacts itself, as it does by default, puts them.
_SERVED = "mlflow-artifacts:/"


def ensure_experiment(connection: Connection, content: ExperimentContent, artifacts_root: str) -> int:
    """The id of the experiment with this name: inserted if missing; restored, but not its runs, if deleted.

    A folder as `artifacts_root` is the one that the MLflow server serves, so readers get its files over HTTP.
    """
    shared = not artifacts_root or is_local_uri(artifacts_root)
    root = _SERVED if shared else artifacts_root
    now = get_current_time_millis()
    row = {
        "name": content.name,
        "workspace": _WORKSPACE,
        "artifact_location": append_to_uri_path(root, content.artifact_folder),
        "lifecycle_stage": "active",
        "creation_time": now,
        "last_update_time": now,
    }
    insert_new(connection, EXPERIMENTS, [row])
    here = (EXPERIMENTS.c.name == content.name) & (EXPERIMENTS.c.workspace == _WORKSPACE)
    found = connection.execute(select(EXPERIMENTS.c.experiment_id, EXPERIMENTS.c.lifecycle_stage).where(here)).one()
    if found.lifecycle_stage != "active":
        connection.execute(update(EXPERIMENTS).where(here).values(lifecycle_stage="active", last_update_time=now))
    tags = [{"key": key, "value": value, "experiment_id": found[0]} for key, value in content.tags.items()]
    insert_new(connection, SqlExperimentTag.__table__, tags)
    return int(found[0])


def artifact_location(connection: Connection, experiment_id: int) -> str | None:
    """Where the experiment keeps its artifacts; None when it is gone."""
    query = select(EXPERIMENTS.c.artifact_location).where(EXPERIMENTS.c.experiment_id == experiment_id)
    return connection.execute(query).scalar()
