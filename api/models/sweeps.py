"""Bodies about sweeps."""

from __future__ import annotations

from flask import url_for
from pydantic import Field, JsonValue

from api.addresses import mlflow_run
from api.models.base import Body, Count, Key, Moment, Real
from results.values import SweepView
from sweeps.states import ENDED, State, Wanted


class MetricBody(Body):
    """What the sweep is judged by."""

    name: str = Field(examples=["validation_cost"])
    goal: str = Field(examples=["minimize"])
    target: Real = Field(description="value that ends the sweep when a trial reaches it, or null")


class SweepLinks(Body):
    """Addresses of what belongs to the sweep."""

    self: str
    trials: str
    curves: str
    comparison: str
    mlflow: str | None = Field(description="its page in the MLflow UI, once it was sent there")


class Sweep(Body):
    """A sweep and how far it is."""

    id: Key
    name: str
    project: str
    method: str = Field(examples=["grid"])
    search: str | None = Field(description="how an adaptive search proposes, or null")
    run_cap: Count | None = Field(description="most configurations, or null: the whole grid")
    generation: Count = Field(description="proposals of an adaptive search so far")
    state: State
    wanted: Wanted
    stopped_because: str | None = Field(description="why no more of its trials begin: its user, or its metric's target")
    error: str | None = Field(description="why it failed: its search, or the first of its jobs that did")
    metric: MetricBody
    replicates: Count
    seed: int
    validation_fraction: float
    targets: list[float] = Field(description="validation costs whose first epoch is recorded for every trial")
    configuration_count: Count
    trial_count: Count
    job_count: Count
    trials: dict[State, int] = Field(description="trials in each state; states that none is in are left out")
    diverged_count: Count = Field(description="trials whose outcome is diverged, so far")
    reused_count: Count = Field(description="trials that took over the results of an earlier sweep's")
    uid: str = Field(description="identity that no other database shares")
    epochs_recorded: Count = Field(description="epochs stored so far over all trials, epoch 0 not counted")
    epochs_planned: Count = Field(description="epochs of all trials; pruned or diverged ones need fewer")
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    paused_at: Moment | None = Field(description="since when it is paused")
    idle_seconds: float = Field(description="how long since it started it had ended or was paused, before it continued")
    tracked: bool = Field(description="whether MLflow has all of it: it has ended, and the last of it was sent")
    tracking_error: str | None = Field(description="why MLflow refuses it for good")
    mlflow_run_id: str | None = Field(description="its run in MLflow, once it was sent there")
    model_sha256: str | None = Field(
        description="SHA-256 of the files of its best model, as MLflow was sent them; null: there is none"
    )
    links: SweepLinks


class SweepDetail(Sweep):
    """A sweep with the document it was made from."""

    notes: list[str] = Field(description="defaults taken and keys ignored, as sentences")
    document: dict[str, JsonValue] = Field(description="as it was submitted")


class Sweeps(Body):
    """A page of sweeps, newest first."""

    sweeps: list[Sweep]
    next: str | None = Field(description="address of the next page, or null at the end")


def sweep_of(view: SweepView) -> Sweep:
    """A sweep as listed."""
    return Sweep.model_validate(_members(view))


def detail_of(view: SweepView) -> SweepDetail:
    """A sweep as shown alone."""
    return SweepDetail.model_validate(_members(view) | {"notes": view.notes, "document": view.document})


def _members(view: SweepView) -> dict[str, object]:
    own = {name: getattr(view, name, None) for name in Sweep.model_fields}
    metric = MetricBody(name=view.metric_name, goal=view.metric_goal, target=view.metric_target)
    tracked = view.state in ENDED and view.tracked_state == view.state
    return own | {"metric": metric, "tracked": tracked, "links": _links(view)}


def _links(view: SweepView) -> SweepLinks:
    return SweepLinks(
        self=url_for("sweeps.show", sweep_id=view.id),
        trials=url_for("trials.list_trials", sweep_id=view.id),
        curves=url_for("curves.of_trials", sweep_id=view.id),
        comparison=url_for("comparison.compare_sweep", sweep_id=view.id),
        mlflow=mlflow_run(view.mlflow_experiment_id, view.mlflow_run_id),
    )
