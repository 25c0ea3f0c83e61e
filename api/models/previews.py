"""The body of a preview: what a sweep would be."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue

from api.models.base import Body, Count, Key
from api.models.early_termination import RuleBody, rule_of
from api.models.sweeps import MetricBody
from sweeps.preview import Preview
from sweeps.reuse import TrainedBefore


class PreviewedConfigurationBody(Body):
    """A configuration that the sweep would have."""

    number: Count
    values: dict[str, JsonValue] = Field(description="hyperparameters that the document gives; the others are defaults")
    parameter_count: Count = Field(description="weights, biases and learned slopes of its network")


class TrainedBeforeBody(Body):
    """What of the sweep was trained before."""

    trial_count: Count = Field(description="how many of its trials; taken over where the document says `reuse: true`")
    sweep_ids: list[Key] = Field(description="the sweeps that have them")


class PreviewBody(Body):
    """What a sweep would be: nothing of it was stored."""

    name: str
    project: str
    method: str = Field(examples=["grid"])
    metric: MetricBody
    replicates: Count
    configuration_count: Count
    trial_count: Count
    job_count: Count = Field(description="jobs to train; what is taken over from earlier sweeps needs none")
    epoch_count: Count = Field(description="epochs to train; diverged trials need fewer")
    parameter_counts: tuple[Count, Count] = Field(description="of the smallest and of the largest network")
    workers: Count = Field(description="how many the estimates are for, one core each")
    work_seconds: float = Field(description="estimated training on one core, right within a factor of about two")
    estimated_seconds: float = Field(description="estimated time until the last job ends, with that many workers")
    job_bytes: Count = Field(description="estimated memory of the largest job")
    memory_bytes: Count = Field(description="estimated memory of the largest jobs, one for each worker")
    swept: list[str] = Field(description="hyperparameters that take more than one value")
    roles: dict[str, str] = Field(description="scientific, nuisance or fixed, where the document says so")
    trained_before: TrainedBeforeBody | None = Field(
        description="trials that earlier sweeps have trained; null: the database could not be asked"
    )
    early_termination: RuleBody | None = Field(description="what would stop trials, and when; null: nothing")
    configurations: list[PreviewedConfigurationBody] = Field(description="the first ones")
    notes: list[str] = Field(description="defaults taken and keys ignored, as sentences")


def preview_of(found: Preview, before: TrainedBefore | None) -> PreviewBody:
    """The preview as it is sent; `before`: what was trained before, None where that is not known."""
    spec = found.spec
    own = {name: getattr(found, name) for name in PreviewBody.model_fields if hasattr(found, name)}
    named = {name: getattr(spec, name) for name in ("name", "project", "method", "metric", "replicates", "swept")}
    shown = [
        PreviewedConfigurationBody.model_validate(
            {
                "number": one.number,
                "values": {
                    name: list(value) if isinstance(value, tuple) else value for name, value in one.values.items()
                },
                "parameter_count": one.parameter_count,
            }
        )
        for one in found.configurations
    ]
    rest: dict[str, Any] = {"notes": list(spec.notes), "roles": dict(spec.roles), "configurations": shown}
    rest["trained_before"] = None if before is None else _trained_before(before)
    rest["early_termination"] = rule_of(spec.early_termination, found.lengths)
    return PreviewBody.model_validate(own | named | rest | {"swept": list(spec.swept)})


def _trained_before(before: TrainedBefore) -> TrainedBeforeBody:
    return TrainedBeforeBody(trial_count=len(before.donors), sweep_ids=list(before.sweep_ids))
