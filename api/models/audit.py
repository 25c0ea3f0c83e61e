"""Bodies of the audit of a sweep's search space; what the figures mean is said by docs/search-space.md."""

from __future__ import annotations

from pydantic import Field, JsonValue

from api.models.base import Body, Count, Key, Real
from sweeps.states import State


class RangeBody(Body):
    """A numeric hyperparameter: where in its range the best lies, how much of it was tried, what to try next."""

    name: str
    low: float
    high: float
    drawn: bool = Field(description="from a distribution; else from a list")
    best: float = Field(description="its value in the best configuration")
    edge: str | None = Field(description="low or high where the best lies at that end", examples=["high"])
    top_at_edge: Count = Field(description="of the `top` best configurations, those at that end")
    top: Count
    tried: Count = Field(description="values of the list, or tenths of the range, that were tried")
    of: Count
    try_next: dict[str, JsonValue] | None = Field(description="its section of the next sweep's file")


class ConvergingRatesBody(Body):
    """The learning rates that converge for one initialisation, depth and optimiser."""

    setting: dict[str, JsonValue]
    rates: Count = Field(description="different ones that have ended")
    trials: Count
    lowest: Real = Field(description="of the rates that work: less than half of their trials diverged or stuck")
    highest: Real
    gaps: Count = Field(description="rates between that do not work")
    stuck_to: Real = Field(description="the highest rate below at which half or more are stuck")
    diverges_from: Real = Field(description="the lowest rate above at which half or more diverge")
    best: Real = Field(description="the rate of the lowest median loss")


class SpaceAuditBody(Body):
    """The search space: optimum at an edge, coverage, what failed, where to look next."""

    sweep_id: Key
    sweep_state: State
    configurations: Count = Field(description="that have ended")
    of: Count
    diverged_share: Real = Field(description="of the ended trials")
    stuck_share: Real
    failed_share: float = Field(description="of all trials: failed or cancelled")
    infeasible_share: Real = Field(description="of random points, those that the constraints forbid")
    ranges: list[RangeBody]
    learning_rates: list[ConvergingRatesBody] = Field(description="empty where the learning rate is not swept")
    notes: list[str]
