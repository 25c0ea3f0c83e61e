"""Artifacts beside MLflow's database: files into the folder that the MLflow server serves, then the rows about them.

Files come first: what a row tells of is there. Writing them again writes the same.
"""

from __future__ import annotations

from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.tracking.dbmodels.models import SqlTag
from mlflow.utils.uri import append_to_uri_path
from sqlalchemy import Connection, Engine, select

from tracking.artifacts.content import SweepArtifacts
from tracking.artifacts.folders import MODEL_FOLDER, file_folder, reachable
from tracking.bulk.connection import transaction
from tracking.bulk.experiments import artifact_location
from tracking.bulk.logged_models import model_location, write_model
from tracking.bulk.runs import RUNS
from tracking.bulk.upsert import insert_or_update
from tracking.errors import Refused, Unavailable


class ArtifactWriter:
    """Writes the artifacts of sweeps; `artifacts_root` is the setting of that name."""

    def __init__(self, engine: Engine, uri: str, artifacts_root: str) -> None:
        self._engine = engine
        self._uri = uri
        self._root = artifacts_root

    def reaches(self, experiment_id: int) -> bool:
        """Whether this process can write the experiment's artifacts."""
        with transaction(self._engine, self._uri) as connection:
            location = artifact_location(connection, experiment_id)
        return location is not None and reachable(location, self._root) is not None

    def write(self, content: SweepArtifacts) -> bool:
        """Write files and rows, but for runs that were deleted; whether MLflow (still) has the sweep's own run."""
        with transaction(self._engine, self._uri) as connection:
            location = artifact_location(connection, int(content.experiment_id))
            places = _places(connection, [run.run_id for run in content.runs])
        if location is None or content.runs[0].run_id not in places:
            return False
        held = [run for run in content.runs if places.get(run.run_id)]
        for run in held:
            with file_folder(run.files) as folder:
                self._upload(folder, places[run.run_id])
        model = content.model
        if model is not None and all(places.get(one) for one in (model.trial_run_id, model.sweep_run_id)):
            with file_folder(model.files) as folder:
                self._upload(folder, model_location(location, f"m-{model.key}"))
                self._upload(folder, append_to_uri_path(places[model.sweep_run_id], MODEL_FOLDER))
        with transaction(self._engine, self._uri) as connection:
            rows = [{"run_uuid": run.run_id, "key": key, "value": run.tags[key]} for run in held for key in run.tags]
            insert_or_update(connection, SqlTag.__table__, rows, ["value"])
            if model is not None and all(places.get(one) for one in (model.trial_run_id, model.sweep_run_id)):
                write_model(connection, int(content.experiment_id), location, model)
        return True

    def _upload(self, folder: str, location: str) -> None:
        place = reachable(location, self._root)
        if place is None:
            raise Refused(f"the artifacts at {location} are not below BACKSWEEP_MLFLOW_ARTIFACTS_ROOT")
        try:
            get_artifact_repository(place).log_artifacts(folder)
        except (OSError, ImportError, MlflowException) as error:
            raise Unavailable(f"artifacts cannot be written to {place}: {error}") from error


def _places(connection: Connection, run_ids: list[str]) -> dict[str, str]:
    """Where these runs keep their artifacts; empty text for those that were deleted."""
    query = select(RUNS.c.run_uuid, RUNS.c.artifact_uri, RUNS.c.lifecycle_stage).where(RUNS.c.run_uuid.in_(run_ids))
    return {
        row.run_uuid: row.artifact_uri if row.lifecycle_stage == "active" else "" for row in connection.execute(query)
    }
