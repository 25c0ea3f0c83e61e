"""A trial's data set as MLflow inputs: the part it trained on and the part held out, told apart by their digests.

MLflow keeps one input per run, name and digest, so the two parts need digests of their own: each follows from the
content of the whole set and from the split.
"""

from __future__ import annotations

import json
from hashlib import blake2b

from results.reads.tracking_values import TrackedDataset, TrackedSweep
from tracking.mapping.content import DatasetInput

CONTEXTS = ("training", "validation")


def dataset_inputs(dataset: TrackedDataset, sweep: TrackedSweep) -> tuple[DatasetInput, ...]:
    """Both parts of the data set under the sweep's split."""
    return tuple(_part(dataset, sweep, context) for context in CONTEXTS)


def _part(dataset: TrackedDataset, sweep: TrackedSweep, context: str) -> DatasetInput:
    split = f"{context}/{sweep.validation_fraction!r}/{sweep.split_seed}"
    share = sweep.validation_fraction if context == "validation" else 1 - sweep.validation_fraction
    profile = {
        "whole_set": {"samples": dataset.samples, "features": dataset.features, "outputs": dataset.outputs},
        "part": context,
        "share": round(share, 12),
        "split_seed": sweep.split_seed,
    }
    source = {"name": dataset.name, "sha256": dataset.digest, "from": dataset.source, "task": dataset.task}
    return DatasetInput(
        name=dataset.name,
        digest=blake2b(f"{dataset.digest}/{split}".encode(), digest_size=4).hexdigest(),
        source=json.dumps(source, ensure_ascii=False),
        profile=json.dumps(profile),
        schema=_schema(dataset),
        context=context,
    )


def _schema(dataset: TrackedDataset) -> str:
    """MLflow's tensor schema: inputs (samples, features) and targets (samples, outputs)."""

    def tensor(columns: int) -> str:
        return json.dumps([{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, columns]}}])

    return json.dumps({"mlflow_tensorspec": {"features": tensor(dataset.features), "targets": tensor(dataset.outputs)}})
