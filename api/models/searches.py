"""Bodies about adaptive searches."""

from __future__ import annotations

from pydantic import Field, JsonValue

from api.models.base import Body, Count, Key, Real
from api.models.sweeps import MetricBody


class SearchStepBody(Body):
    """A configuration that was proposed, and what came of it."""

    number: Count
    generation: Count = Field(description="the proposal it came with, from 1")
    values: dict[str, JsonValue] = Field(description="the hyperparameters that the search chooses")
    results: list[float] | None = Field(
        description="its metrics as the search is told them: median over replicates of the best over epochs; a "
        "diverged median is told as the worst finite one; null while there is none, or where all replicates failed"
    )
    best_so_far: Real = Field(description="best result of the first metric up to here")
    on_front: bool = Field(description="no other configuration is as good in all metrics and better in one")


class SearchBody(Body):
    """An adaptive search and what it has come to."""

    sweep_id: Key
    search: str | None = Field(description="how it proposes; null: the sweep is no adaptive search")
    generation: Count
    run_cap: Count | None
    metrics: list[MetricBody] = Field(description="one, or two that are weighed against each other")
    configurations: list[SearchStepBody] = Field(description="in the order of proposal")
