"""The queries that the API reads, as models; hyperparameters come from the registry."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, create_model

from api.models.base import Query
from api.models.reference import KIND_SCHEMAS
from comparison.outcome import Outcome
from engine.errors import InvalidHyperparameter
from engine.hyperparameter_kinds import Choice, Choices, Name, Sizes
from engine.hyperparameters import HYPERPARAMETERS, Hyperparameter
from results.reads.curves import METRICS
from sweeps.states import State

Whole = Annotated[int, Field(ge=0, le=2**31 - 1)]


def _metrics(text: object) -> object:
    """The names in a list joined by commas, each once; ValueError names those that are none."""
    if not isinstance(text, str):
        return text
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a metric of an epoch; there are {', '.join(METRICS)}")
    return names


_METRICS_SCHEMA = {"type": "array", "items": {"type": "string", "enum": list(METRICS)}}
Metrics = Annotated[tuple[str, ...], BeforeValidator(_metrics), WithJsonSchema(_METRICS_SCHEMA)]


class SweepsQuery(Query):
    """Which sweeps to list."""

    project: str | None = Field(None, max_length=250, description="only this project")
    state: State | None = Field(None, description="only sweeps in this state")
    cursor: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(None, description="from the last page's `next`")
    limit: int = Field(50, ge=1, le=500, description="entries of a page")


class _TrialsQuery(Query):
    state: State | None = Field(None, description="only trials in this state")
    outcome: Outcome | None = Field(None, description="only trials with this outcome")
    replicate: Whole | None = Field(None, description="only this replicate")
    configuration: Whole | None = Field(None, description="only the configuration with this number")
    sort: str = Field(
        "number",
        max_length=50,
        description="a field of the trial or a hyperparameter; a leading - turns the order; empty values come last",
        examples=["best_validation_cost", "-learning_rate"],
    )
    cursor: str | None = Field(None, max_length=2000, description="from the last page's `next`")
    limit: int = Field(100, ge=1, le=1000, description="entries of a page")


class CurvesQuery(Query):
    """Which curves of a sweep, and which of their columns."""

    metrics: Metrics = Field(("validation_cost",), description=f"columns, joined by commas, of: {', '.join(METRICS)}")
    cursor: Whole | None = Field(None, description="from the last page's `next`")
    limit: int = Field(200, ge=1, le=1000, description="trials of a page; a page ends early when it grows long")


def _hyperparameter(entry: Hyperparameter) -> Any:
    """The field of a query that filters on one hyperparameter."""
    kind = Annotated[
        Any, BeforeValidator(partial(_parsed, entry)), WithJsonSchema(KIND_SCHEMAS[type(entry.kind)](entry.kind))
    ]
    return (kind, Field(None, description=f"only trials whose {entry.name} ({entry.meaning}) is this"))


def _parsed(entry: Hyperparameter, text: object) -> object:
    """The value in its canonical form; ValueError, which pydantic reports, for one that the registry refuses."""
    if not isinstance(text, str):
        return text
    try:
        return entry.parse(_value(entry, text))
    except InvalidHyperparameter as error:
        raise ValueError(error.reason) from None


def _value(entry: Hyperparameter, text: str) -> object:
    """Names as they are, numbers and lists as JSON, lists by commas too; `null` for the value None."""
    if isinstance(entry.kind, Choices) and "," in text and not text.startswith("["):
        return text.split(",")
    if isinstance(entry.kind, Choice | Choices | Name) and not text.startswith("[") and text != "null":
        return text
    listed = isinstance(entry.kind, Sizes) and not text.startswith("[")
    try:
        return json.loads(f"[{text}]" if listed else text)
    except (ValueError, RecursionError):
        return text


TrialsQuery: Any = create_model(
    "TrialsQuery",
    __base__=_TrialsQuery,
    __doc__="Which trials of a sweep, in which order.",
    **{name: _hyperparameter(entry) for name, entry in HYPERPARAMETERS.items()},
)
