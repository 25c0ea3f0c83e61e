"""Models as MLflow has them, loaded after their files were compared with what the service says they were.

An MLflow model is code: loading one runs it. Whoever can write where MLflow keeps its files can replace that code, so
nothing of a model runs before its digest is that of the results database, which MLflow and its files never change.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from backsweep.client import Client
from backsweep.errors import BacksweepError
from tracking.model.digest import files_digest, folder_files


class ModelUnknown(BacksweepError):
    """The service knows of no model of the sweep in MLflow."""


class ModelChanged(BacksweepError):
    """A model's files are not those that MLflow was sent. Nothing of them was run."""


def load_model(sweep_id: int, tracking_uri: str | None = None, *, client: Client | None = None) -> Any:
    """Load the best trial's network of a sweep, as `mlflow.pyfunc.load_model` does, if its files are the right ones.

    Args:
        sweep_id: The sweep's number.
        tracking_uri: MLflow's address; by default the one that MLflow is set to.
        client: The service that says which run and which digest it is; by default the one at `Client()`.

    Raises:
        ModelUnknown: The sweep has no model in MLflow, or was sent before digests were kept.
        ModelChanged: The files have another digest.
        BacksweepError: The service cannot be asked, or there is no such sweep.
    """
    import mlflow  # seconds
    from mlflow.artifacts import download_artifacts

    sweep = (client or Client()).sweep(sweep_id)
    run_id, expected = sweep["mlflow_run_id"], sweep["model_sha256"]
    if run_id is None or expected is None:
        raise ModelUnknown(
            f"sweep {sweep_id} has no model in MLflow whose digest is known; the tag backsweep.model of its run says "
            "why, and UPDATE sweeps SET tracked_artifacts = NULL has the models of ended sweeps sent anew"
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = download_artifacts(artifact_uri=f"runs:/{run_id}/model", dst_path=scratch, tracking_uri=tracking_uri)
        found = files_digest(folder_files(Path(folder)))
        if found != expected:
            raise ModelChanged(
                f"the model of sweep {sweep_id} is not the one that was tracked: its files have the SHA-256 {found}, "
                f"not {expected}. Where nobody has just sent another, look who can write MLflow's files; "
                f"UPDATE sweeps SET tracked_artifacts = NULL WHERE id = {sweep_id} sends it anew"
            )
        return mlflow.pyfunc.load_model(folder)
