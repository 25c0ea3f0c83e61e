"""Rows as the values the tracker takes; used by the reads of tracking alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row

from results.reads.tracking_values import TrackedDataset, TrackedSweep, TrackedTrial
from results.tables.sweeps import configurations, datasets
from results.tables.trials import trials
from sweeps.states import State

RESULT_COLUMNS = (
    "best_train_cost",
    "best_validation_cost",
    "best_epoch",
    "best_validation_accuracy",
)

DATASET_COLUMNS = tuple(column.label(f"dataset_{column.name}") for column in datasets.columns)

# A trial's own columns, with those of its configuration and data set under names of their own.
TRIAL_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *(column for column in trials.columns if column.name != "machine"),
    configurations.c.number.label("configuration_number"),
    configurations.c.hyperparameters,
    configurations.c.parameter_count,
    *DATASET_COLUMNS,
)


def tracked_sweep(row: Row[Any]) -> TrackedSweep:
    """A row of `sweeps`."""
    return TrackedSweep(
        sweep_id=row.id,
        uid=row.uid,
        name=row.name,
        project=row.project,
        method=row.method,
        state=State(row.state),
        metric_name=row.metric_name,
        metric_goal=row.metric_goal,
        replicates=row.replicates,
        seed=row.seed,
        split_seed=row.split_seed,
        validation_fraction=row.validation_fraction,
        targets=tuple(row.targets),
        configuration_count=row.configuration_count,
        trial_count=row.trial_count,
        created_at=row.created_at,
        finished_at=row.finished_at,
        experiment_id=row.mlflow_experiment_id,
        run_id=row.mlflow_run_id,
        tracked_state=row.tracked_state,
    )


def tracked_trial(row: Row[Any], target_epochs: Mapping[float, int]) -> TrackedTrial:
    """A row of `TRIAL_COLUMNS`."""
    return TrackedTrial(
        trial_id=row.id,
        number=row.number,
        configuration_number=row.configuration_number,
        replicate=row.replicate,
        hyperparameters=row.hyperparameters,
        parameter_count=row.parameter_count,
        dataset=tracked_dataset(row),
        init_seed=row.init_seed,
        data_seed=row.data_seed,
        state=State(row.state),
        outcome=row.outcome,
        outcome_epoch=row.outcome_epoch,
        epochs_recorded=row.epochs_recorded,
        diverged_epoch=row.diverged_epoch,
        results={name: row._mapping[name] for name in RESULT_COLUMNS},
        target_epochs=target_epochs,
        seconds=row.seconds,
        blas_kernel=row.blas_kernel,
        error=row.error,
        reused_from=row.reused_from,
        started_at=row.started_at,
        finished_at=row.finished_at,
        run_id=row.mlflow_run_id,
        tracked_epoch=row.tracked_epoch,
        tracked_state=row.tracked_state,
    )


def tracked_dataset(row: Row[Any]) -> TrackedDataset:
    """A row of `DATASET_COLUMNS`."""
    return TrackedDataset(
        name=row.dataset_name,
        digest=row.dataset_digest,
        task=row.dataset_task,
        samples=row.dataset_samples,
        features=row.dataset_features,
        outputs=row.dataset_outputs,
        source=row.dataset_source,
    )
