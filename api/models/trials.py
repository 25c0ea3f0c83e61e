"""Bodies about trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from pydantic import Field, JsonValue

from api.addresses import mlflow_run
from api.models.base import Body, Count, Key, Moment, Real
from api.models.curves import Curve, columns_of
from api.models.layers import LayerHealth, layers_of
from api.models.reference import plain
from comparison.outcome import Outcome
from comparison.thinning import kept
from results.values import EpochRow, LayerRow, TrialView
from sweeps.states import State


class TargetReached(Body):
    """A validation cost and the first epoch at or below it."""

    target: float
    epoch: Count


class TrialLinks(Body):
    """Addresses of what belongs to the trial."""

    self: str
    sweep: str
    summary: str
    mlflow: str | None = Field(description="its page in the MLflow UI, once it was sent there")


class TrialBody(Body):
    """A trial and what came of it."""

    id: Key
    sweep_id: Key
    number: Count = Field(description="place in the sweep, from 0")
    configuration_number: Count
    replicate: Count
    state: State
    outcome: Outcome | None = Field(description="what the curve did; null before epoch 2")
    outcome_epoch: Count | None = Field(
        description="epoch at which the outcome was reached; null while it still descends"
    )
    hyperparameters: dict[str, JsonValue]
    parameter_count: Count = Field(description="weights and biases of its network")
    init_seed: int
    data_seed: int
    epochs_recorded: int = Field(ge=-1, description="last epoch stored; -1 before epoch 0")
    completed_epochs: Count | None = Field(
        description="epochs of its last complete end, which outcome, best and final are of; null: none yet, so far"
    )
    diverged_epoch: Count | None
    best_train_cost: Real
    best_validation_cost: Real
    best_epoch: Count | None = Field(description="epoch of the lowest validation cost")
    best_validation_accuracy: Real
    final_train_cost: Real
    final_validation_cost: Real
    final_train_accuracy: Real
    final_validation_accuracy: Real
    targets: list[TargetReached] = Field(description="those of the sweep's targets that were reached")
    seconds: Real = Field(description="its share of the training time so far")
    error: str | None = Field(description="why it failed, or (finished) why its extension did")
    reused_from: Key | None = Field(description="trial of an earlier sweep whose results it took over")
    started_at: Moment | None
    finished_at: Moment | None
    links: TrialLinks


class TrialDetail(TrialBody):
    """A trial with its curve."""

    blas_kernel: str | None = Field(description="BLAS kernel that trained it; bits are promised per kernel")
    machine: dict[str, JsonValue] | None = Field(
        description="processor, NumPy, BLAS and threads that trained it; same_bits: fused, one by one, no"
    )
    curve: Curve
    layers: list[LayerHealth] = Field(description="health of every weight layer, from the input side")


class Trials(Body):
    """A page of a sweep's trials."""

    trials: list[TrialBody]
    next: str | None = Field(description="address of the next page, or null at the end")


def trial_of(view: TrialView) -> TrialBody:
    """A trial as listed."""
    return TrialBody.model_validate(_members(view))


def detail_of(
    view: TrialView, curve: Sequence[EpochRow], layers: Sequence[LayerRow], points: int | None = None
) -> TrialDetail:
    """A trial as shown alone; `points`: at most so many epochs for each cost (None: all)."""
    thin = curve if points is None else _thinned(curve, points)
    shown = None if points is None else frozenset(row.epoch for row in thin)
    own = {"blas_kernel": view.blas_kernel, "machine": view.machine, "curve": columns_of(thin)}
    return TrialDetail.model_validate(_members(view) | own | {"layers": layers_of(layers, shown)})


def _thinned(curve: Sequence[EpochRow], points: int) -> list[EpochRow]:
    """With the lowest and the highest of both costs."""
    costs = ([row.train_cost for row in curve], [row.validation_cost for row in curve])
    return [curve[place] for place in kept(costs, points)]


def _members(view: TrialView) -> dict[str, Any]:
    own = {name: getattr(view, name, None) for name in TrialBody.model_fields}
    reached = [TargetReached(target=target, epoch=epoch) for target, epoch in sorted(view.target_epochs.items())]
    values = {name: plain(value) for name, value in view.hyperparameters.items()}
    return own | {"targets": reached[::-1], "hyperparameters": values, "links": _links(view)}


def _links(view: TrialView) -> TrialLinks:
    return TrialLinks(
        self=url_for("trials.show", trial_id=view.id),
        sweep=url_for("sweeps.show", sweep_id=view.sweep_id),
        summary=url_for("trials.summarise", trial_id=view.id),
        mlflow=mlflow_run(view.mlflow_experiment_id, view.mlflow_run_id),
    )
