"""A trial as MLflow's child run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from comparison.outcomes.base import Outcome
from results.reads.tracking_values import SweepSummary, TrackedSweep, TrackedTrial, UnsentTrial
from sweeps.states import State
from tracking.mapping.content import PARAM_LENGTH, TAG_LENGTH, Metric, RunContent
from tracking.mapping.curves import curve_points
from tracking.mapping.datasets import dataset_inputs
from tracking.mapping.identity import trial_key
from tracking.mapping.names import trial_name
from tracking.mapping.states import has_ended, status_of, told_status
from tracking.mapping.text import cut, milliseconds, value_text


def trial_run(sweep: TrackedSweep, summary: SweepSummary, parent_id: str, unsent: UnsentTrial) -> RunContent:
    """The child run with the epochs that MLflow lacks; it ends only with the last of them."""
    trial = unsent.trial
    state = shown_state(unsent)
    ended = has_ended(state)
    metrics = [*curve_points(unsent.epochs)]
    if ended:
        metrics += final_points(trial, summary.swept, _end(sweep, trial))
    partial = trial.tracked_epoch >= 0
    return RunContent(
        key=trial_key(sweep.uid, trial.number),
        known_id=trial.run_id,
        partial=partial,
        name=trial_name(trial, summary.swept, sweep.configuration_count),
        status=status_of(state),
        told_status=told_status(trial.tracked_state),
        start_time=milliseconds(trial.started_at or trial.finished_at or sweep.created_at),
        end_time=milliseconds(_end(sweep, trial)) if ended else None,
        labels={} if partial else _labels(sweep, trial, parent_id),
        tags=_tags(trial, state),
        params=_changing(trial) if partial else _params(sweep, trial),
        metrics=tuple(metrics),
        datasets=() if partial else dataset_inputs(trial.dataset, sweep),
    )


def shown_state(unsent: UnsentTrial) -> State:
    """The state MLflow is told: a trial whose last epochs are still to be sent counts as running there."""
    return unsent.trial.state if unsent.complete else State.RUNNING


def final_points(trial: TrackedTrial, swept: tuple[str, ...], ended_at: datetime) -> Iterator[Metric]:
    """What a table of trials shows beside the curves: best values, epochs to targets, swept numbers to filter by.

    Only once the trial has ended: until then these change, and MLflow would keep every value they had. Final values
    need no metric: what MLflow shows of a curve is its last. No key has a slash: MLflow would put it above the curves;
    all stand at step 0, which MLflow draws as bars. A trial that diverged has no best values: MLflow, which knows no
    infinite cost, lists runs without the metric last.
    """
    diverged = trial.outcome == Outcome.DIVERGED or trial.diverged_epoch is not None
    values: dict[str, float | int | None] = {} if diverged else dict(trial.results)
    values["seconds"] = trial.seconds
    values["diverged"] = int(diverged)
    values["diverged_epoch"] = trial.diverged_epoch
    values["outcome_epoch"] = trial.outcome_epoch
    values |= {f"epochs_to_target_{target:g}": epoch for target, epoch in trial.target_epochs.items()}
    values |= dict(_swept_numbers(trial, swept))
    for key, value in values.items():
        if value is not None and math.isfinite(value):
            yield Metric(key, float(value), milliseconds(ended_at), 0)


def _swept_numbers(trial: TrackedTrial, swept: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Parameters are text in MLflow, and text has no order: numbers are mirrored as metrics."""
    for name in swept:
        value: Any = trial.hyperparameters.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, value


def _end(sweep: TrackedSweep, trial: TrackedTrial) -> datetime:
    return trial.finished_at or sweep.finished_at or trial.started_at or sweep.created_at


def _labels(sweep: TrackedSweep, trial: TrackedTrial, parent_id: str) -> Mapping[str, str]:
    return {
        "mlflow.parentRunId": parent_id,
        "mlflow.user": "backsweep",
        "mlflow.source.name": "backsweep",
        "mlflow.source.type": "LOCAL",
        "backsweep.kind": "trial",
        "backsweep.sweep": str(sweep.sweep_id),
        "backsweep.trial": str(trial.trial_id),
        "backsweep.configuration": str(trial.configuration_number),
        "backsweep.replicate": str(trial.replicate),
        "backsweep.api": f"/api/v1/trials/{trial.trial_id}",
        "backsweep.run": trial_key(sweep.uid, trial.number),
    }


def _tags(trial: TrackedTrial, state: State) -> Mapping[str, str]:
    found = {
        "backsweep.state": state.value,
        "backsweep.outcome": trial.outcome,
        "backsweep.blas_kernel": trial.blas_kernel,
        "backsweep.reused_from": None if trial.reused_from is None else str(trial.reused_from),
        "backsweep.error": trial.error,
        "backsweep.epochs": value_text(trial.hyperparameters["epochs"]),
    }
    return {key: cut(value, TAG_LENGTH) for key, value in found.items() if value}


def _changing(trial: TrackedTrial) -> Mapping[str, str]:
    """The one parameter that an extension changes."""
    return {"epochs": value_text(trial.hyperparameters["epochs"])}


def _params(sweep: TrackedSweep, trial: TrackedTrial) -> Mapping[str, str]:
    found = {name: cut(value_text(value), PARAM_LENGTH) for name, value in trial.hyperparameters.items()}
    found |= {
        "replicate": str(trial.replicate),
        "parameter_count": str(trial.parameter_count),
        "init_seed": str(trial.init_seed),
        "data_seed": str(trial.data_seed),
        "split_seed": str(sweep.split_seed),
        "validation_fraction": value_text(sweep.validation_fraction),
    }
    return {key: value for key, value in found.items() if value}
