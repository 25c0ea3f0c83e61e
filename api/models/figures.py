"""Bodies of one trial's figures; what the numbers mean is said by `comparison.curves` and docs/statistics.md."""

from __future__ import annotations

from pydantic import Field

from api.models.base import Body, Count, Key, Real
from comparison.curves.course import Course
from comparison.curves.figures import CostFigures, Figures
from comparison.curves.fitting import Fit
from comparison.outcome import Outcome
from results.values import TrialView
from sweeps.states import State


class EstimateBody(Body):
    """A number with its 95 % profile interval."""

    value: Real
    low: Real
    high: Real


class FitBody(Body):
    """A curve fitted to a cost over epochs 1 to the last; its estimates are null where it is refused."""

    asymptote: EstimateBody | None = Field(description="cost that it tends to")
    amplitude: Real = Field(description="what the fitted curve is above the asymptote at epoch 0 (power law: epoch 1)")
    rate: EstimateBody | None = Field(description="k of exp(-k epoch); of a power law the exponent b of epoch^-b")
    half_life: EstimateBody | None = Field(description="epochs; of an exponential alone")
    r_squared: Real = Field(description="share of the variance explained")
    deviation: Real = Field(description="root mean square residual over the fall of the fitted curve")
    noise: str | None = Field(description="proportional (to the cost) or constant: what the intervals assume")
    refused: str | None = Field(description="why it is not to be believed, or null")


class CostBody(Body):
    """One cost's levels, and how fast it fell."""

    best: Real
    best_epoch: Count | None
    final: Real = Field(description="at the last epoch; null where it was not finite")
    area: Real = Field(description="under the curve, cost times epochs; null where a cost was not finite")
    mean: Real = Field(description="the area over the epochs")
    exponential: FitBody
    power_law: FitBody


class EffortBody(Body):
    """What a validation cost took; null where it was not reached for good."""

    target: float
    first_epoch: Count | None = Field(description="first epoch at or below it, lucky or not")
    epoch: Count | None = Field(description="first epoch from which it held for `patience` more")
    updates: Count | None
    samples: Count | None = Field(description="training samples seen, repetitions counted")
    operations: Count | None = Field(description="floating-point operations of the training")
    seconds: Real = Field(description="the trial's share of the training time, epoch 0 included")


class EpochOperations(Body):
    """Floating-point operations of one epoch of training; the recording of costs is not counted."""

    forward: Count
    backward: Count
    update: Count
    total: Count


class TrialSummary(Body):
    """All figures of one trial's curve."""

    trial_id: Key
    state: State
    outcome: Outcome | None
    outcome_epoch: Count | None = Field(description="epoch at which the outcome was reached")
    epochs: int = Field(ge=-1, description="the last one so far; -1 before epoch 0")
    samples_per_epoch: Count
    operations_per_epoch: EpochOperations
    train_cost: CostBody
    validation_cost: CostBody
    patience: Count
    targets: list[EffortBody]


def summary_of(view: TrialView, course: Course, found: Figures) -> TrialSummary:
    """The body of a trial's figures."""
    return TrialSummary(
        trial_id=view.id,
        state=view.state,
        outcome=None if view.outcome is None else Outcome(view.outcome),
        outcome_epoch=view.outcome_epoch,
        epochs=found.epochs,
        samples_per_epoch=course.samples_per_epoch,
        operations_per_epoch=EpochOperations.model_validate(course.operations_per_epoch),
        train_cost=_cost(found.train_cost),
        validation_cost=_cost(found.validation_cost),
        patience=found.patience,
        targets=[EffortBody.model_validate(effort) for effort in found.targets],
    )


def _cost(found: CostFigures) -> CostBody:
    return CostBody(**vars(found.levels), exponential=_fit(found.exponential), power_law=_fit(found.power_law))


def _fit(found: Fit) -> FitBody:
    return FitBody.model_validate(found)
