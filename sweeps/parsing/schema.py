"""A sweep's document as pydantic models: the OpenAPI description, and the types and ranges that parsing checks.

`sweeps.parsing.sweep` validates section by section, so that a fault in one does not hide those of another; what depends
on the registry of hyperparameters or on data sets is checked there and only described here. Light: no NumPy.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sweeps.early_termination.policy import USUAL_AUDIT
from sweeps.metrics import METRICS
from sweeps.parsing.schema_early_termination import MOST, EarlyTerminateSection
from sweeps.parsing.schema_parameters import parameters_schema
from sweeps.seeds import LARGEST_SEED

EXAMPLE: dict[str, Any] = {
    "name": "digits",
    "project": "convergence",
    "method": "grid",
    "metric": {"name": "validation_cost", "goal": "minimize"},
    "parameters": {
        "dataset": {"value": "digits"},
        "layers": {"values": [[32], [32, 32]]},
        "learning_rate": {"values": [0.1, 0.5, 2, 10]},
        "epochs": {"value": 20},
    },
    "backsweep": {"replicates": 3, "seed": 7, "validation_fraction": 0.2, "targets": [0.5, 0.2, 0.1]},
}
Title = Annotated[str, Field(strict=True, min_length=1, max_length=250)]


class MetricSection(BaseModel):
    """What the sweep is judged by."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Metric")

    name: str = Field(
        default="validation_cost",
        description=f"{', '.join(METRICS)}; Keras's names (val_loss, accuracy, ...) are understood",
        examples=list(METRICS),
    )
    goal: str | None = Field(default=None, description="minimize or maximize; by default what suits the metric")
    target: float | None = Field(default=None, description="a value of the metric that is good enough")


class BacksweepSection(BaseModel):
    """What W&B's schema has no key for; a file stays valid for W&B without it."""

    model_config = ConfigDict(strict=True, extra="ignore", title="BacksweepOptions")

    replicates: int = Field(
        default=3, ge=1, le=1000, description="trainings of each configuration, under different seeds"
    )
    seed: int = Field(default=0, ge=0, le=LARGEST_SEED, description="the one seed from which all others are derived")
    validation_fraction: float = Field(
        default=0.2, gt=0, le=0.9, description="share of the samples held out for validation"
    )
    targets: list[Annotated[float, Field(gt=0, strict=True)]] = Field(
        default_factory=list,
        max_length=20,
        description="validation costs; the first epoch at or below each is recorded for every trial",
    )
    conditions: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="parameter -> {other: values}: it exists only where the other has one of the values",
        examples=[{"momentum": {"optimizer": ["momentum", "nesterov"]}}],
    )
    zip: list[list[str]] = Field(
        default_factory=list,
        max_length=20,
        description="parameters whose lists go together, the first value with the first and so on",
        examples=[[["learning_rate", "batch_size"]]],
    )
    constraints: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="expressions that every configuration must fulfil",
        examples=[["learning_rate * batch_size <= 8"]],
    )
    roles: dict[str, Literal["scientific", "nuisance", "fixed"]] = Field(
        default_factory=dict,
        description="parameter -> why it is there: compared, only tuned, or the same throughout",
    )
    audit: float = Field(
        default=USUAL_AUDIT,
        ge=0,
        le=1,
        description="share of the trials that early_terminate would stop that run to their end all the same",
    )
    search: Literal["tpe", "cmaes", "sobol", "halton", "gp", "nsga2"] | None = Field(
        default=None, description="how method bayes proposes; tpe if left out, nsga2 where there are two metrics"
    )
    second_metric: MetricSection | None = Field(
        default=None, description="a metric to weigh against the first, by the search nsga2"
    )
    trials_per_job: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="most trials in one fused array; chosen from estimates where not given",
    )
    seconds_per_job: float | None = Field(
        default=None,
        ge=0.1,
        le=86_400,
        description="how long a job should last; a few seconds, or less where there is little work, if left out",
    )
    reuse: bool = Field(
        default=False, description="take over trials that earlier sweeps have trained, instead of training them again"
    )


class SweepDocument(BaseModel):
    """A sweep, in the keys of a Weights & Biases sweep file; what W&B has no key for stands under `backsweep`.

    W&B's other keys (program, command, entity, ...) are accepted and reported as ignored.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [EXAMPLE]})

    name: Title = Field(default="sweep", description="your name for it; need not be unique")
    project: Title = Field(default="backsweep", description="the experiment in MLflow")
    method: Literal["grid", "random", "bayes"] = Field(
        description="how configurations are chosen: every combination of the values, draws from them, or a search that "
        "learns from the results"
    )
    metric: MetricSection = Field(default_factory=MetricSection, description="what the sweep is judged by")
    parameters: dict[str, Any] = Field(
        description="one entry per hyperparameter, each with `value`, `values` or a distribution",
        json_schema_extra=parameters_schema(),
    )
    run_cap: int | None = Field(
        default=None, ge=1, le=MOST, strict=True, description="most configurations; 30 for random and bayes if left out"
    )
    early_terminate: EarlyTerminateSection | None = Field(
        default=None, description="when to stop trials that do badly; every trial runs to its end if left out"
    )
    backsweep: BacksweepSection = Field(default_factory=BacksweepSection, description="replicates, seeds, targets")
