"""Data sets as rows of `datasets`, their use by runs as rows of `inputs` and `input_tags`."""

from __future__ import annotations

from collections.abc import Iterable

from mlflow.store.tracking.dbmodels.models import SqlDataset, SqlInput, SqlInputTag
from sqlalchemy import Connection, select

from tracking.bulk.runs import Placed
from tracking.bulk.upsert import insert_new
from tracking.mapping.content import DatasetInput
from tracking.mapping.identity import input_key

DATASETS = SqlDataset.__table__


def write_inputs(connection: Connection, experiment_id: int, placed: Placed) -> None:
    """Insert data sets and their uses; nothing changes where they are there."""
    used = {entry for _, run in placed for entry in run.datasets}
    ids = _dataset_ids(connection, experiment_id, used)
    inputs: list[dict[str, object]] = []
    tags: list[dict[str, object]] = []
    for run_id, run in placed:
        for entry in run.datasets:
            dataset_id = ids[entry.name, entry.digest]
            use = input_key(dataset_id, run_id)
            inputs.append(_input_row(use, dataset_id, run_id))
            tags.append({"input_uuid": use, "name": "mlflow.data.context", "value": entry.context})
    insert_new(connection, SqlInput.__table__, inputs)
    insert_new(connection, SqlInputTag.__table__, tags)


def _dataset_ids(
    connection: Connection, experiment_id: int, used: Iterable[DatasetInput]
) -> dict[tuple[str, str], str]:
    """The ids that MLflow has for these data sets, whoever stored them first."""
    rows = [_dataset_row(experiment_id, entry) for entry in sorted(used, key=lambda one: (one.name, one.digest))]
    insert_new(connection, DATASETS, rows)
    query = select(DATASETS.c.name, DATASETS.c.digest, DATASETS.c.dataset_uuid)
    query = query.where(DATASETS.c.experiment_id == experiment_id)
    return {(name, digest): uuid for name, digest, uuid in connection.execute(query)}


def _dataset_row(experiment_id: int, entry: DatasetInput) -> dict[str, object]:
    return {
        "dataset_uuid": input_key(str(experiment_id), entry.name, entry.digest),
        "experiment_id": experiment_id,
        "name": entry.name,
        "digest": entry.digest,
        "dataset_source_type": "backsweep",
        "dataset_source": entry.source,
        "dataset_schema": entry.schema,
        "dataset_profile": entry.profile,
    }


def _input_row(use: str, dataset_id: str, run_id: str) -> dict[str, object]:
    return {
        "input_uuid": use,
        "source_type": "DATASET",
        "source_id": dataset_id,
        "destination_type": "RUN",
        "destination_id": run_id,
        "step": 0,
    }
