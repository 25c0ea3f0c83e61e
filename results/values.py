"""What goes into the results database and what comes out of it: frozen values, never rows.

Costs and norms are plain floats; None stands for what is undefined or not finite (the writes turn NaN into None too).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from engine.hyperparameter_kinds import Value
from engine.trials import Trial
from sweeps.early_termination.policy import Policy
from sweeps.states import State, Wanted


@dataclass(frozen=True)
class ClaimedTrial:
    """A trial to train: from its beginning, or from `checkpoint` (an NPZ archive, see `engine.state`).

    `earlier_checkpoint`: the one saved before, in case that is damaged or its fellows' are. `completed_epochs`: those
    of its last complete end, which an extension trains on from; None where it has had none.
    """

    trial_id: int
    number: int
    replicate: int
    trial: Trial
    checkpoint: bytes | None
    earlier_checkpoint: bytes | None = None
    completed_epochs: int | None = None


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker; (`job_id`, `attempt`) is the fencing token of all its writes.

    `trials` are those that have not ended yet, by number; never empty.
    """

    job_id: int
    attempt: int
    sweep_id: int
    trials: tuple[ClaimedTrial, ...]
    split_seed: int
    validation_fraction: float
    targets: tuple[float, ...]
    dataset_digest: str
    metric_name: str
    metric_goal: str
    metric_target: float | None
    early_termination: Policy | None = None


class EpochRow(NamedTuple):
    """One epoch of one trial; accuracies are None in regression, `gradient_norm` at epoch 0.

    A tuple in the order of the table's columns: there are millions of them.
    """

    trial_id: int
    epoch: int
    updates: int
    train_cost: float | None
    validation_cost: float | None
    train_accuracy: float | None
    validation_accuracy: float | None
    gradient_norm: float | None
    epoch_seconds: float
    recorded_at: datetime


class LayerRow(NamedTuple):
    """Health of one weight layer (from 1) of one trial at one epoch; a tuple as `EpochRow`."""

    trial_id: int
    epoch: int
    layer: int
    gradient_norm: float | None
    weight_norm: float | None
    update_ratio: float | None
    activation_mean: float | None
    activation_deviation: float | None
    saturated_share: float | None
    dead_share: float | None


@dataclass(frozen=True)
class TrialProgress:
    """How far a trial is, over its whole curve so far; `state` is running, or the one it ended in."""

    trial_id: int
    state: State
    outcome: str | None
    outcome_epoch: int | None
    epochs_recorded: int
    diverged_epoch: int | None
    best_train_cost: float | None
    best_validation_cost: float | None
    best_epoch: int | None
    best_validation_accuracy: float | None
    final_train_cost: float | None
    final_validation_cost: float | None
    final_train_accuracy: float | None
    final_validation_accuracy: float | None
    seconds: float | None
    target_epochs: Mapping[float, int]
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class Checkpoint:
    """The state of a trial after an epoch; the one before it is kept too, until the trial has ended (`final`)."""

    trial_id: int
    epoch: int
    final: bool
    state: bytes


@dataclass(frozen=True)
class Flush:
    """All that a worker has to say since its last flush. `machine` (once is enough): what trains, for every trial."""

    epochs: Sequence[EpochRow] = ()
    layers: Sequence[LayerRow] = ()
    progress: Sequence[TrialProgress] = ()
    checkpoints: Sequence[Checkpoint] = ()
    machine: Mapping[str, str | int] | None = None


@dataclass(frozen=True)
class SweepView:
    """A sweep as its user sees it.

    `trials`: how many are in each state, states that none is in left out. `diverged_count`: how many of them have that
    outcome so far; `reused_count`: how many took over the results of an earlier sweep's. `epochs_recorded`: over all
    trials, epoch 0 not counted; `epochs_planned` is what they come to when none ends early.
    `idle_seconds`: since it started, while it had ended or was paused, before it continued.
    """

    id: int
    uid: str
    name: str
    project: str
    method: str
    search: str | None
    run_cap: int | None
    generation: int
    state: State
    wanted: Wanted
    stopped_because: str | None
    error: str | None
    metric_name: str
    metric_goal: str
    metric_target: float | None
    replicates: int
    seed: int
    split_seed: int
    validation_fraction: float
    targets: tuple[float, ...]
    document: Any
    notes: tuple[str, ...]
    configuration_count: int
    trial_count: int
    job_count: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    paused_at: datetime | None
    idle_seconds: float
    mlflow_experiment_id: str | None
    mlflow_run_id: str | None
    model_sha256: str | None
    tracked_state: str | None
    tracking_error: str | None
    trials: Mapping[State, int]
    diverged_count: int
    reused_count: int
    epochs_recorded: int
    epochs_planned: int


@dataclass(frozen=True)
class TrialView:
    """A trial as its user sees it, with its configuration; `mlflow_experiment_id` is its sweep's.

    What came of it (outcome, best, final, targets, seconds) is that of `completed_epochs`, its last complete end; while
    it has had none (None), of its curve so far.
    """

    id: int
    sweep_id: int
    number: int
    configuration_number: int
    replicate: int
    hyperparameters: Mapping[str, Value]
    parameter_count: int
    init_seed: int
    data_seed: int
    state: State
    completed_epochs: int | None
    outcome: str | None
    outcome_epoch: int | None
    epochs_recorded: int
    diverged_epoch: int | None
    best_train_cost: float | None
    best_validation_cost: float | None
    best_epoch: int | None
    best_validation_accuracy: float | None
    final_train_cost: float | None
    final_validation_cost: float | None
    final_train_accuracy: float | None
    final_validation_accuracy: float | None
    target_epochs: Mapping[float, int]
    seconds: float | None
    blas_kernel: str | None
    machine: Mapping[str, Any] | None
    error: str | None
    reused_from: int | None
    started_at: datetime | None
    finished_at: datetime | None
    mlflow_experiment_id: str | None
    mlflow_run_id: str | None


@dataclass(frozen=True)
class TrialPage:
    """A page of trials; `next_cursor` is None at the end."""

    trials: tuple[TrialView, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class SweepCurve:
    """One trial's curve: `epochs[i]` belongs to `values[metric][i]`."""

    trial_id: int
    number: int
    configuration_number: int
    replicate: int
    epochs: tuple[int, ...]
    values: Mapping[str, tuple[float | None, ...]]
