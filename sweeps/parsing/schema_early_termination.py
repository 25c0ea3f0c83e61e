"""The `early_terminate` section as pydantic models, one per type; part of `sweeps.parsing.schema`. Light: no Optuna."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MOST = 2**31 - 1  # of epochs or trials: more than any sweep has
LEAST_ETA = 1.01  # below, brackets lie so close that counting them takes long and nearly every epoch is one


class HyperbandSection(BaseModel):
    """W&B's hyperband: at each bracket the best 1/eta of all that reached it go on."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Hyperband")

    type: Literal["hyperband"] = "hyperband"
    min_iter: int | None = Field(
        default=None, ge=1, le=MOST, description="first bracket; the others are min_iter * eta^n"
    )
    max_iter: int | None = Field(
        default=None, ge=1, le=MOST, description="instead of min_iter: brackets are max_iter / eta^n"
    )
    s: int | None = Field(default=None, ge=1, le=MOST, description="number of brackets, with max_iter")
    eta: float = Field(default=3.0, ge=LEAST_ETA, allow_inf_nan=False, description="one in eta goes on")
    strict: bool = Field(default=False, description="judge the value at the bracket, not the best one by then")


class AshaSection(BaseModel):
    """Asynchronous successive halving: Optuna's SuccessiveHalvingPruner, with its names and defaults."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Asha")

    type: Literal["asha"] = "asha"
    min_resource: int = Field(default=1, ge=1, le=MOST, description="epoch of the first rung")
    reduction_factor: int = Field(
        default=4, ge=2, le=MOST, description="one in so many goes on, for so many times the epochs"
    )
    min_early_stopping_rate: int = Field(default=0, ge=0, le=100, description="rungs to leave out at the beginning")
    bootstrap_count: int = Field(
        default=0, ge=0, le=MOST, description="trials that a rung must have seen before one passes it"
    )


class MedianSection(BaseModel):
    """What is worse than the median stops: Optuna's MedianPruner, with its names and defaults; a step is an epoch."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Median")

    type: Literal["median"] = "median"
    n_startup_trials: int = Field(default=5, ge=0, le=MOST, description="trials that must have reached an epoch")
    n_warmup_steps: int = Field(default=0, ge=0, le=MOST, description="first epoch to judge at")
    interval_steps: int = Field(default=1, ge=1, le=MOST, description="epochs from one judgement to the next")
    n_min_trials: int = Field(
        default=1, ge=1, le=MOST, description="trials with a value at the epoch, for a median to count"
    )


class WilcoxonSection(BaseModel):
    """A configuration that is worse than the best one, replicate by replicate, stops: Optuna's WilcoxonPruner."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Wilcoxon")

    type: Literal["wilcoxon"] = "wilcoxon"
    min_iter: int = Field(ge=1, le=MOST, description="epoch of the first look")
    interval: int | None = Field(
        default=None, ge=1, le=MOST, description="epochs from one look to the next; one look without"
    )
    p_threshold: float = Field(default=0.1, gt=0, le=1, description="what is worse with a smaller p than this stops")
    n_startup_steps: int = Field(default=2, ge=0, le=MOST, description="replicates that must have been compared")


EarlyTerminateSection = HyperbandSection | AshaSection | MedianSection | WilcoxonSection
