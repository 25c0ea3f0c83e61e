"""The body of a preview: what a sweep would be."""

from __future__ import annotations

from pydantic import Field, JsonValue

from api.models.base import Body, Count
from api.models.early_termination import RuleBody, rule_of
from api.models.sweeps import MetricBody
from sweeps.preview import Preview


class PreviewedConfigurationBody(Body):
    """A configuration that the sweep would have."""

    number: Count
    values: dict[str, JsonValue] = Field(description="hyperparameters that the document gives; the others are defaults")
    parameter_count: Count = Field(description="weights, biases and learned slopes of its network")


class PreviewBody(Body):
    """What a sweep would be: nothing of it was stored."""

    name: str
    project: str
    method: str = Field(examples=["grid"])
    metric: MetricBody
    replicates: Count
    configuration_count: Count
    trial_count: Count
    job_count: Count
    epoch_count: Count = Field(description="epochs of all trials; diverged ones need fewer")
    parameter_counts: tuple[Count, Count] = Field(description="of the smallest and of the largest network")
    workers: Count = Field(description="how many the estimates are for, one core each")
    work_seconds: float = Field(description="estimated training on one core, right within a factor of about two")
    estimated_seconds: float = Field(description="estimated time until the last job ends, with that many workers")
    job_bytes: Count = Field(description="estimated memory of the largest job")
    memory_bytes: Count = Field(description="estimated memory of the largest jobs, one for each worker")
    swept: list[str] = Field(description="hyperparameters that take more than one value")
    roles: dict[str, str] = Field(description="scientific, nuisance or fixed, where the document says so")
    early_termination: RuleBody | None = Field(description="what would stop trials, and when; null: nothing")
    configurations: list[PreviewedConfigurationBody] = Field(description="the first ones")
    notes: list[str] = Field(description="defaults taken and keys ignored, as sentences")


def preview_of(found: Preview) -> PreviewBody:
    """The preview as it is sent."""
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
    rest = {"notes": list(spec.notes), "roles": dict(spec.roles), "configurations": shown}
    stops = {"early_termination": rule_of(spec.early_termination, found.lengths)}
    return PreviewBody.model_validate(own | named | rest | stops | {"swept": list(spec.swept)})
