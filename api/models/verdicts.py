"""Bodies of verdicts: configurations held against another, their ranks, and values that win elsewhere."""

from __future__ import annotations

from pydantic import Field, JsonValue, field_validator

from api.models.base import Body, Count, Real
from comparison.sureness import Sureness
from comparison.verdict import Scale, Verdict


class LossComparisonBody(Body):
    """A configuration's losses held against those of another, the reference; less is better."""

    paired: bool = Field(description="seed by seed; false: as two independent groups (Welch)")
    pairs: Count = Field(description="common seeds, or the replicates of the smaller group")
    sound: Count = Field(description="of them those that enter the estimate: not diverged")
    diverged: Count = Field(description="of them those on which this one diverged")
    reference_diverged: Count = Field(description="of them those on which the reference diverged")
    scale: Scale = Field(description="what `estimate` is: ratio to the reference, or difference from it")
    estimate: Real = Field(description="geometric mean of loss / reference's loss, or the mean difference")
    low: Real = Field(description="lower end of the estimate's 95 % interval")
    high: Real = Field(description="upper end of the estimate's 95 % interval")
    effect_size: Real = Field(description="mean difference over its standard deviation; below 0 is better")
    p: Real = Field(description="of this pair alone; see docs/statistics.md for what diverged trials do to it")
    adjusted_p: Real = Field(description="after Holm's adjustment for the family")
    verdict: Verdict = Field(description="of this one against the reference")
    more: Count | None = Field(
        description="so many new replicates, judged alone, decide with a chance of 80 %; null where decided"
    )


class StandingBody(Body):
    """How sure a configuration's rank is."""

    against_leader: LossComparisonBody | None = Field(description="null for the leader, and for what is not ranked")
    rank_low: Real = Field(description="lower end of the rank's 95 % interval, by the bootstrap over seeds")
    rank_high: Real = Field(description="upper end of the rank's 95 % interval")
    first_share: Real = Field(description="share of resamples in which it came first")


class FlipBody(Body):
    """Where another value than the best one did better."""

    at: dict[str, JsonValue] = Field(description="value of one of the others, or, for a single setting, of all of them")
    best: JsonValue = Field(description="the value that did best there")
    ratio: Real = Field(description="median loss there of the value best over all over that of this one")
    wins: Count = Field(description="units there in which it did better than the value best over all")
    units: Count = Field(description="matched ones there")
    sureness: Sureness

    @field_validator("best", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return list(value) if isinstance(value, tuple) else value

    @field_validator("at", mode="before")
    @classmethod
    def _plain_values(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


class ProfileBody(Body):
    """A setting over the data sets: on which share of them its loss is within a factor of the best one there."""

    values: dict[str, JsonValue] = Field(description="the swept hyperparameters but the data set")
    problems: Count = Field(description="data sets on which every setting has ended")
    factors: list[float]
    shares: list[float] = Field(description="one for each factor")
    area: float = Field(description="mean over the logarithm of the factor; 1 is best on all data sets")

    @field_validator("values", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
