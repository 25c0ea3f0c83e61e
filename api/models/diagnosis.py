"""Bodies and query of diagnoses; the rules are explained in docs/diagnosis.md."""

from __future__ import annotations

from pydantic import Field, JsonValue, field_validator

from api.models.base import Body, Count, Key, Query, Real
from comparison.outcome import Outcome
from sweeps.states import State


class DiagnosisQuery(Query):
    """How many configurations to diagnose."""

    limit: int = Field(10, ge=1, le=20, description="configurations, the worst first")


class FindingBody(Body):
    """What one rule found."""

    rule: str = Field(examples=["gradient_flow"])
    sentence: str
    figures: dict[str, float] = Field(description="what the sentence rests on")
    advice: dict[str, JsonValue] = Field(description="hyperparameter -> value to try")
    expected: str = Field(description="what was computed of the alternative; empty where nothing could be")

    @field_validator("advice", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object]) -> dict[str, object]:
        return plain_values(values)


class TrialDiagnosis(Body):
    """Why a trial went as it did, and what to try."""

    trial_id: Key
    configuration_number: Count
    replicate: Count
    outcome: Outcome | None
    best_validation_cost: Real
    findings: list[FindingBody] = Field(description="in the order of the rules; empty where nothing stands out")
    advice: dict[str, JsonValue] = Field(description="all changes together")
    note: str | None = Field(description="why there is no diagnosis")

    @field_validator("advice", mode="before")
    @classmethod
    def _plain(cls, values: dict[str, object]) -> dict[str, object]:
        return plain_values(values)


class FoundRule(Body):
    """A rule and the configurations it was found in."""

    rule: str
    configurations: list[Count] = Field(description="numbers")


class SweepDiagnosis(Body):
    """Why the worst configurations of a sweep went badly."""

    sweep_id: Key
    sweep_state: State
    configurations: Count = Field(description="that have ended")
    rules: list[FoundRule] = Field(description="the most frequent first, of the diagnosed configurations")
    diagnoses: list[TrialDiagnosis] = Field(description="the middle replicate of each, the worst first")


def plain_values(values: dict[str, object]) -> dict[str, object]:
    """Tuples as lists, as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
