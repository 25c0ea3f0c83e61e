"""Artifacts as folders, from which MLflow's stores take them: a run's files, a packed model. Used by both senders."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tracking.artifacts.content import BestModel

MODEL_FOLDER = "model"  # of the sweep's run: the copy that stays where it is when the best trial changes


@contextmanager
def file_folder(files: Mapping[str, bytes]) -> Iterator[str]:
    """A folder with these files, for the block."""
    _without_bars()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        yield folder


@contextmanager
def model_folder(model: BestModel, model_id: str) -> Iterator[str]:
    """A folder with the model under the id that MLflow has for it, for the block."""
    _without_bars()
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / MODEL_FOLDER
        model.packed.write(packed, model.trial_run_id, model_id)
        yield str(packed)


def _without_bars() -> None:
    """MLflow draws progress bars into the tracker's log; only the environment keeps it from that."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
