"""Bodies of a sweep's comparison; what the numbers mean is said by `comparison` and docs/statistics.md."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue, field_validator

from api.models.base import Body, Count, Key, Query, Real
from api.models.verdicts import FlipBody, ProfileBody, StandingBody
from comparison.sureness import Sureness
from sweeps.states import State


class ComparisonQuery(Query):
    """Which of the configurations to list; everything else is of all of them."""

    cursor: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(None, description="from the last page's `next`")
    limit: int = Field(1000, ge=1, le=1000, description="configurations of a page, best first")


class SpreadBody(Body):
    """Quantiles of `count` numbers; null stands for infinite: so many of them diverged."""

    count: Count
    median: Real
    lower_quartile: Real
    upper_quartile: Real
    lowest: Real
    highest: Real


class TargetBody(Body):
    """How fast a target was reached; trials that missed it are censored at their last epoch (Kaplan-Meier)."""

    target: float
    reached: Count
    of: Count
    median_epoch: Real = Field(description="by which half have reached it; null: not within the epochs there were")
    median_low: Real = Field(description="lower end of its 95 % interval")
    median_high: Real = Field(description="upper end of its 95 % interval; null: beyond the epochs there were")
    mean_epoch: Real = Field(description="mean of the epochs to the target or the horizon, whichever is first")
    mean_low: Real = Field(description="lower end of its 95 % interval")
    mean_high: Real = Field(description="upper end of its 95 % interval")
    horizon: Count | None = Field(description="last epoch of the longest of these trials")


class SummaryBody(Body):
    """What some trials did together; shares are of the ended ones."""

    trials: Count
    ended: Count
    lost: Count = Field(description="failed or cancelled")
    best_validation_cost: SpreadBody | None
    final_validation_cost: SpreadBody | None
    best_validation_accuracy: SpreadBody | None
    best_epoch: SpreadBody | None
    targets: list[TargetBody]
    diverged_share: Real
    stuck_share: Real
    seconds: SpreadBody | None


class ConfigurationBody(Body):
    """A configuration over its replicates."""

    configuration_number: Count
    values: dict[str, JsonValue] = Field(description="the hyperparameters that the sweep varies")
    rank: int | None = Field(description="from 1, equals sharing one; null while none of its trials has ended")
    loss: Real = Field(description="the median over replicates of the number that ranks; null if infinite")
    summary: SummaryBody
    standing: StandingBody = Field(description="against the first, and how sure the rank is")

    @field_validator("values", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: _listed(value) for name, value in values.items()}


class ValueBody(Body):
    """One value of a hyperparameter, held against the best one over the matched units."""

    value: JsonValue
    summary: SummaryBody
    wins: Real = Field(description="units in which no value did better, shared among equals")
    mean_rank: Real = Field(description="1 is best")
    ratio: Real = Field(description="median over units of its loss over the best value's")
    ratio_low: Real = Field(description="lower end of the ratio's 95 % interval")
    ratio_high: Real = Field(description="upper end of the ratio's 95 % interval")
    p: Real = Field(description="exact signed-rank test against the best value")
    adjusted_p: Real = Field(description="the same after Holm's adjustment for all pairs of values")
    sureness: Sureness | None = Field(description="that the best value is better than this one")

    @field_validator("value", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return _listed(value)


class HyperparameterBody(Body):
    """A swept hyperparameter: which value did best, matched over all the others, and how sure that is."""

    name: str
    best: JsonValue = Field(
        description="the value of the lowest mean rank; null where nothing is matched or all diverged, "
        "and where several are `tied`"
    )
    tied: list[JsonValue] = Field(description="values whose losses are lowest, and equal in every unit; none if one is")
    sureness: Sureness = Field(description="that `best` is better than every other value")
    unit: str = Field(description="what is matched: block or replicate")
    units: Count = Field(description="matched ones")
    blocks: Count = Field(description="settings of the other hyperparameters, in all")
    values: list[ValueBody]
    flips: list[FlipBody] = Field(description="values of other hyperparameters at which another value wins")

    @field_validator("best", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return _listed(value)

    @field_validator("tied", mode="before")
    @classmethod
    def _all_plain(cls, values: tuple[object, ...]) -> list[object]:
        return [_listed(value) for value in values]


class IsolatedSettingBody(Body):
    """One setting of the scientific hyperparameters, with the best setting of the nuisance ones."""

    values: dict[str, JsonValue]
    best: dict[str, JsonValue] | None = Field(description="the nuisance setting of the lowest median loss")
    loss: SpreadBody | None = Field(description="over the replicates of `best`")
    held_out_loss: Real = Field(description="median, each replicate at the nuisance setting best on the others")
    tried: Count = Field(description="nuisance settings that have ended")

    @field_validator("values", "best", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object] | None) -> dict[str, object] | None:
        return None if values is None else {name: _listed(value) for name, value in values.items()}


class IsolationBody(Body):
    """Scientific hyperparameters compared with the nuisance ones optimised out."""

    scientific: list[str]
    nuisance: list[str]
    settings: list[IsolatedSettingBody] = Field(description="best first")
    winner: dict[str, JsonValue] | None
    held_out_winner: dict[str, JsonValue] | None = Field(description="where it is another, the winner may be luck")

    @field_validator("winner", "held_out_winner", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object] | None) -> dict[str, object] | None:
        return None if values is None else {name: _listed(value) for name, value in values.items()}


class ComparisonBody(Body):
    """What a sweep tells so far: its configurations ranked, its hyperparameters matched."""

    sweep_id: Key
    sweep_state: State
    headline: list[str] = Field(description="which values won, how sure that is, and where it flips; surest first")
    measure: str = Field(description="the number that ranks; less is better", examples=["best_validation_cost"])
    targets: list[float]
    notes: list[str] = Field(description="what to know before reading the numbers")
    sweep: SummaryBody = Field(description="all trials together")
    configuration_count: Count = Field(description="of which a page is listed")
    configurations: list[ConfigurationBody] = Field(description="a page of them, best first")
    next: str | None = Field(description="address of the next page of configurations, or null")
    hyperparameters: list[HyperparameterBody]
    isolation: IsolationBody | None = Field(description="null where the sweep gives no roles")
    profiles: list[ProfileBody] = Field(description="settings over data sets, where several were swept; best first")


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
