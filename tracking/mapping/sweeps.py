"""A sweep as MLflow's parent run, its project as an experiment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from comparison.outcomes.base import Outcome
from results.reads.tracking_values import SweepSummary, TrackedSweep
from sweeps.states import ENDED, State
from tracking.mapping.content import PARAM_LENGTH, TAG_LENGTH, ExperimentContent, Metric, RunContent
from tracking.mapping.datasets import dataset_inputs
from tracking.mapping.identity import project_key, sweep_key
from tracking.mapping.names import sweep_name
from tracking.mapping.notes import experiment_note, sweep_note
from tracking.mapping.states import has_ended, status_of, told_status
from tracking.mapping.text import cut, milliseconds, value_text, values_text


def project_experiment(project: str) -> ExperimentContent:
    """The experiment of a project; its kind spares users a question that the UI would ask."""
    tags = {"mlflow.note.content": experiment_note(project), "mlflow.experimentKind": "custom_model_development"}
    return ExperimentContent(project, project_key(project), tags)


def sweep_run(sweep: TrackedSweep, summary: SweepSummary, state: State) -> RunContent:
    """The parent run; `state` is what to show, so that it does not end before all its trials were sent."""
    ended = has_ended(state)
    end = sweep.finished_at or sweep.created_at
    return RunContent(
        key=sweep_key(sweep.uid),
        known_id=sweep.run_id,
        partial=sweep.run_id is not None,
        name=sweep_name(sweep),
        status=status_of(state),
        told_status=told_status(sweep.tracked_state),
        start_time=milliseconds(sweep.created_at),
        end_time=milliseconds(end) if ended else None,
        labels=_labels(sweep),
        tags={
            "backsweep.state": state.value,
            "backsweep.configurations": str(sweep.configuration_count),
            "backsweep.replicates": str(sweep.replicates),
            "backsweep.trials": str(sweep.trial_count),
            "mlflow.note.content": cut(sweep_note(sweep, summary), TAG_LENGTH),
        },
        params=_params(sweep, summary),
        metrics=tuple(_final_points(summary, milliseconds(end))) if ended else (),
        datasets=tuple(part for dataset in summary.datasets for part in dataset_inputs(dataset, sweep)),
    )


def _labels(sweep: TrackedSweep) -> Mapping[str, str]:
    return {
        "mlflow.user": "backsweep",
        "mlflow.source.name": "backsweep",
        "mlflow.source.type": "LOCAL",
        "backsweep.kind": "sweep",
        "backsweep.sweep": str(sweep.sweep_id),
        "backsweep.method": sweep.method,
        "backsweep.api": f"/api/v1/sweeps/{sweep.sweep_id}",
        "backsweep.run": sweep_key(sweep.uid),
    }


def _params(sweep: TrackedSweep, summary: SweepSummary) -> Mapping[str, str]:
    """The space under the hyperparameters' own names, so that parent and children share columns, and the plan."""
    found = {name: values_text(values) for name, values in summary.space.items()}
    found |= {
        "method": sweep.method,
        "metric": f"{sweep.metric_goal} {sweep.metric_name}",
        "configurations": str(sweep.configuration_count),
        "replicates": str(sweep.replicates),
        "trials": str(sweep.trial_count),
        "seed": str(sweep.seed),
        "split_seed": str(sweep.split_seed),
        "validation_fraction": value_text(sweep.validation_fraction),
        "targets": ", ".join(value_text(target) for target in sweep.targets),
    }
    return {key: cut(value, PARAM_LENGTH) for key, value in found.items() if value}


def _final_points(summary: SweepSummary, timestamp: int) -> Iterator[Metric]:
    """Counts of every end and outcome, 0 too: after an extension MLflow would show those of the end before."""
    values: dict[str, float | int | None] = {f"trials_{state}": 0 for state in sorted(ENDED)}
    values |= {f"trials_{outcome}": 0 for outcome in Outcome}
    values |= {f"trials_{state}": count for state, count in summary.states.items()}
    values |= {f"trials_{outcome}": count for outcome, count in summary.outcomes.items()}
    if summary.leaders:
        best = summary.leaders[0]
        values |= {
            "best_validation_cost": best.best_validation_cost,
            "best_train_cost": best.best_train_cost,
            "best_epoch": best.best_epoch,
            "best_validation_accuracy": best.best_validation_accuracy,
        }
    for key, value in values.items():
        if value is not None and math.isfinite(value):
            yield Metric(key, float(value), timestamp, 0)
