"""Projects as experiments, through the client."""

from __future__ import annotations

from mlflow import MlflowClient
from mlflow.utils.uri import append_to_uri_path

from tracking.client.calls import told_apart
from tracking.errors import Refused
from tracking.mapping.content import ExperimentContent


def ensure_experiment(client: MlflowClient, content: ExperimentContent, artifacts_root: str) -> str:
    """The id of the experiment with this name, created if missing.

    Restored if deleted, and with it, since the API has no other way, the runs that were deleted with it.
    """
    with told_apart():
        found = client.get_experiment_by_name(content.name)
        if found is None:
            return _create(client, content, artifacts_root)
        if found.lifecycle_stage != "active":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)


def _create(client: MlflowClient, content: ExperimentContent, artifacts_root: str) -> str:
    """Create it; where another tracker was faster, the client's refusal is answered by looking again."""
    location = append_to_uri_path(artifacts_root, content.artifact_folder) if artifacts_root else None
    try:
        with told_apart():
            return str(client.create_experiment(content.name, location, dict(content.tags)))
    except Refused:
        found = client.get_experiment_by_name(content.name)
        if found is None:
            raise
        return str(found.experiment_id)
