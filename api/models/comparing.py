"""Bodies of bands over replicates and of named configurations held against each other."""

from __future__ import annotations

from pydantic import Field, JsonValue, field_validator

from api.models.base import Body, Count, Key, Real
from api.models.comparison import SpreadBody
from api.models.verdicts import LossComparisonBody
from comparison.axes import Axis


class BandBody(Body):
    """The replicates of a configuration as one curve of one metric; entry i of each column belongs to `epoch[i]`."""

    configuration_number: Count
    metric: str
    replicates: Count
    epoch: list[Count]
    at: list[Real] = Field(description="where the epoch lies on the axis: median over the live replicates")
    center: list[Real] = Field(description="null: infinite, for too many diverged, or not defined")
    low: list[Real] = Field(description="lower end of the 95 % interval; null where there is none")
    high: list[Real] = Field(description="upper end of the 95 % interval; null where there is none")
    live: list[Count] = Field(description="replicates that have a value there")
    diverged: list[Count] = Field(description="replicates that had diverged by then, and count as infinite")


class TimeToTargetBody(Body):
    """How far along the axis the target was reached; trials that missed it are censored (Kaplan-Meier)."""

    target: float
    reached: Count
    of: Count
    median: Real = Field(description="null: not within what there was")
    median_low: Real = Field(description="lower end of its 95 % interval")
    median_high: Real = Field(description="upper end of its 95 % interval")
    p: Real = Field(description="log-rank test against the reference; null for itself")


class ContenderBody(Body):
    """One of the configurations that were named."""

    sweep_id: Key
    configuration_number: Count
    values: dict[str, JsonValue] = Field(description="the hyperparameters in which the configurations differ")
    trials: Count
    ended: Count
    diverged: Count
    loss: SpreadBody | None = Field(description="the best value of each trial within the budget; infinite if diverged")
    against_reference: LossComparisonBody | None = Field(description="null for the reference itself")
    to_target: TimeToTargetBody | None

    @field_validator("values", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


class CompareBody(Body):
    """Configurations held against the first of them, within a budget that all of them had."""

    metric: str
    axis: Axis
    budget: float = Field(description="how far along the axis losses were taken: as far as all of them went")
    notes: list[str]
    configurations: list[ContenderBody] = Field(description="in the order asked for; the first is the reference")
