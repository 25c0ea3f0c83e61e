"""What the tracker reads: sweeps, trials and data sets as MLflow is to show them. Built by `results.reads.tracking`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from results.values import EpochRow
from sweeps.states import State


@dataclass(frozen=True)
class TrackedSweep:
    """A sweep with what MLflow was last told of it; the last three are None while nothing was sent."""

    sweep_id: int
    uid: str
    name: str
    project: str
    method: str
    state: State
    metric_name: str
    metric_goal: str
    replicates: int
    seed: int
    split_seed: int
    validation_fraction: float
    targets: tuple[float, ...]
    configuration_count: int
    trial_count: int
    created_at: datetime
    finished_at: datetime | None
    experiment_id: str | None
    run_id: str | None
    tracked_state: str | None


@dataclass(frozen=True)
class TrackedDataset:
    """A data set by name and content; `digest` is a SHA-256."""

    name: str
    digest: str
    task: str
    samples: int
    features: int
    outputs: int
    source: str


@dataclass(frozen=True)
class TrackedTrial:
    """A trial with what MLflow was last told of it; `tracked_epoch` is -1 while nothing was sent."""

    trial_id: int
    number: int
    configuration_number: int
    replicate: int
    hyperparameters: Mapping[str, Any]
    parameter_count: int
    dataset: TrackedDataset
    init_seed: int
    data_seed: int
    state: State
    outcome: str | None
    outcome_epoch: int | None
    epochs_recorded: int
    diverged_epoch: int | None
    results: Mapping[str, float | int | None]  # the best values, under their column names
    target_epochs: Mapping[float, int]
    seconds: float | None
    blas_kernel: str | None
    error: str | None
    reused_from: int | None
    started_at: datetime | None
    finished_at: datetime | None
    run_id: str | None
    tracked_epoch: int
    tracked_state: str | None


@dataclass(frozen=True)
class UnsentTrial:
    """A trial and those of its epoch rows that MLflow lacks; `complete`: whether these are all it has."""

    trial: TrackedTrial
    epochs: tuple[EpochRow, ...]
    complete: bool


@dataclass(frozen=True)
class Lag:
    """How far MLflow is behind, and how its tracker fares.

    `sweeps`, `trials`: with something unsent. `oldest_end`: the earliest end of a sweep that MLflow was not told of.
    `passed_at`: when a pass last ended, to half a minute. `error`: why MLflow could not take what was due.
    """

    sweeps: int
    trials: int
    oldest_end: datetime | None
    passed_at: datetime | None
    error: str | None
    error_since: datetime | None


@dataclass(frozen=True)
class Leader:
    """One of a sweep's best trials so far: by `judged_by`, which follows from the sweep's metric."""

    number: int
    configuration_number: int
    replicate: int
    hyperparameters: Mapping[str, Any]
    best_validation_cost: float | None
    best_epoch: int | None
    best_validation_accuracy: float | None
    best_train_cost: float | None = None
    seconds: float | None = None
    judged_by: str = "best_validation_cost"

    @property
    def judged_value(self) -> float:
        """The value it was ranked by."""
        return float(getattr(self, self.judged_by))


@dataclass(frozen=True)
class SweepSummary:
    """A sweep at a glance: trials per state and outcome, its data sets, the leaders, and the space it covers.

    `space`: hyperparameter -> its distinct values in the sweep, sorted.
    """

    states: Mapping[str, int]
    outcomes: Mapping[str, int]
    datasets: tuple[TrackedDataset, ...]
    leaders: tuple[Leader, ...]
    space: Mapping[str, tuple[Any, ...]]

    @property
    def swept(self) -> tuple[str, ...]:
        """Hyperparameters that take more than one value."""
        return tuple(name for name, values in self.space.items() if len(values) > 1)
