"""The `early_terminate` section as pydantic models, one per type; part of `sweeps.parsing.schema`. Light: no Optuna."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class HyperbandSection(BaseModel):
    """W&B's hyperband: at each bracket the best 1/eta of all that reached it go on."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Hyperband")

    type: Literal["hyperband"] = "hyperband"
    min_iter: int | None = Field(default=None, ge=1, description="first bracket; the others are min_iter * eta^n")
    max_iter: int | None = Field(default=None, ge=1, description="instead of min_iter: brackets are max_iter / eta^n")
    s: int | None = Field(default=None, ge=1, description="number of brackets, with max_iter")
    eta: float = Field(default=3.0, gt=1, allow_inf_nan=False, description="one in eta goes on")
    strict: bool = Field(default=False, description="judge the value at the bracket, not the best one by then")


EarlyTerminateSection = HyperbandSection
