"""What one run holds, whichever way it is sent: the values that mapping makes and both senders take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

# MLflow's own limits (mlflow.utils.validation), in characters.
KEY_LENGTH = 250
PARAM_LENGTH = 6000
TAG_LENGTH = 8000
NAME_LENGTH = 250  # column runs.name


class Metric(NamedTuple):
    """One finite point of a metric; `timestamp` in milliseconds since 1970."""

    key: str
    value: float
    timestamp: int
    step: int


@dataclass(frozen=True)
class DatasetInput:
    """A part of a data set as a run's input; `context` is training or validation, `profile` and `schema` are JSON."""

    name: str
    digest: str
    source: str
    profile: str
    schema: str
    context: str


@dataclass(frozen=True)
class RunContent:
    """What MLflow is to hold of one sweep or trial.

    `key`: our deterministic 32 hexadecimal digits, the run's id on the bulk path and its tag `backsweep.run`.
    `known_id`: the run id that SQL remembers, or None. `partial`: earlier epochs were sent before, so a run that is
    missing must be sent again from the beginning; a trial's labels and data sets went with the first of them, and so
    did those of its params that an extension leaves as they were.
    `labels` are set once, so that users may change them in MLflow; `tags` with every sending.
    """

    key: str
    known_id: str | None
    partial: bool
    name: str
    status: str
    told_status: str | None
    start_time: int
    end_time: int | None
    labels: Mapping[str, str]
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: tuple[Metric, ...]
    datasets: tuple[DatasetInput, ...] = ()


@dataclass(frozen=True)
class ExperimentContent:
    """What MLflow is to hold of one project."""

    name: str
    artifact_folder: str
    tags: Mapping[str, str]
