"""Bodies and query of a sweep's importances; what the numbers mean is said by docs/search-space.md."""

from __future__ import annotations

from pydantic import Field, JsonValue

from api.models.base import Body, Count, Key, Query, Real
from comparison.importance.observations import Diverged
from sweeps.states import State


class ImportanceQuery(Query):
    """How importances are computed."""

    diverged: Diverged = Field(
        Diverged.WORST, description="diverged configurations count with the worst finite loss, or are left out"
    )


class HyperparameterImportanceBody(Body):
    """How much one hyperparameter mattered; each column sums to 1."""

    name: str
    fanova: float = Field(description="share of the loss's variance that it explains alone")
    ped_anova: float = Field(description="how far its values among the best differ from all")


class ImportanceBody(Body):
    """Which hyperparameters mattered, within the values that were swept."""

    sweep_id: Key
    sweep_state: State
    measure: str = Field(description="the loss; less is better", examples=["best_validation_cost"])
    treated: Diverged = Field(description="how diverged configurations entered")
    configurations: Count = Field(description="used, each with the median loss over its replicates")
    diverged: Count
    where: dict[str, JsonValue] = Field(description="what they have in common, for losses to be one quantity")
    r_squared: Real = Field(description="share of variance the forest predicts of configurations not shown to it")
    top_share: Real = Field(description="which share of configurations PED-ANOVA calls the best")
    hyperparameters: list[HyperparameterImportanceBody] = Field(description="by fANOVA, the most important first")
    notes: list[str]
