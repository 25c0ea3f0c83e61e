"""Writes a trained network as an MLflow model folder: code, weights, signature, input example. Called by the senders.

Models from code: MLflow keeps the text of `predictor.py`, so nothing is pickled and nothing of ours is imported where
the model is loaded.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.models import Model, ModelSignature
from mlflow.types import ParamSchema, ParamSpec, Schema, TensorSpec
from numpy.typing import NDArray

from engine.saved_model import TrainedModel, save
from tracking.model.digest import folder_files

_CODE = Path(__file__).with_name("predictor.py")
_PARAMS = ParamSchema([ParamSpec("raw_outputs", "boolean", False)])


@dataclass(frozen=True, eq=False)
class PackedModel:
    """A network with what its `MLmodel` file tells: examples are raw inputs (few, features); `facts` become metadata.

    `key` names the model and `made_at` is when the training ended; no id of MLflow's is in the files, so that packing
    twice, and for another MLflow, gives the same.
    """

    network: TrainedModel
    examples: NDArray[np.floating]
    facts: Mapping[str, Any]
    made_at: datetime
    key: str

    def files(self) -> dict[str, bytes]:
        """The model's files by their paths in its folder."""
        with tempfile.TemporaryDirectory() as scratch:
            self.write(folder := Path(scratch) / "model")
            return folder_files(folder)

    def write(self, folder: Path) -> None:
        """Write the model into a folder that does not exist yet."""
        described = Model(
            model_uuid=self.key,
            utc_time_created=self.made_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            metadata=dict(self.facts),
        )
        with tempfile.TemporaryDirectory() as scratch, quiet():
            weights = Path(scratch) / "network.npz"
            save(self.network, weights)
            mlflow.pyfunc.save_model(
                str(folder),
                python_model=str(_CODE),
                artifacts={"network": str(weights)},
                mlflow_model=described,
                signature=_signature(self.network),
                input_example=self.examples,
                pip_requirements=[f"numpy=={np.__version__}"],
            )
        for cache in folder.rglob("__pycache__"):
            shutil.rmtree(cache)
        _forget_this_machine(described, folder)


def _forget_this_machine(described: Model, folder: Path) -> None:
    """MLflow notes the paths that code and weights were copied from; loading needs their places in the folder alone."""
    flavor = described.flavors[mlflow.pyfunc.FLAVOR_NAME]
    flavor["model_code_path"] = _CODE.name
    flavor["artifacts"]["network"]["uri"] = flavor["artifacts"]["network"]["path"]
    described.save(str(folder / "MLmodel"))


def _signature(network: TrainedModel) -> ModelSignature:
    """Raw inputs as a tensor; class names as text, or values in regression."""
    inputs = Schema([TensorSpec(np.dtype(np.float64), (-1, network.facts.features))])
    names = TensorSpec(np.dtype(str), (-1,))
    values = TensorSpec(np.dtype(np.float64), (-1, network.facts.outputs))
    return ModelSignature(inputs, Schema([names if network.classes else values]), _PARAMS)


@contextmanager
def quiet() -> Iterator[None]:
    """MLflow shows progress, and warns of what does not concern this model: not in the tracker's log, at every packing.

    Its bars are switched by the environment alone.
    """
    logger = logging.getLogger("mlflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    try:
        yield
    finally:
        logger.setLevel(before)
