"""The queries that the API reads, as models; hyperparameters come from the registry."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, create_model

from api.models.base import Query
from api.models.reference import KIND_SCHEMAS
from comparison.axes import Axis
from comparison.bands import Center
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


Bands = Annotated[Center, WithJsonSchema({"type": "string", "enum": [str(one) for one in Center]})]


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
    bands: Bands | None = Field(None, description="one curve for each configuration instead: this, with its interval")
    axis: Axis = Field(Axis.EPOCHS, description="what the column `at` holds; there is none for the epochs of trials")
    points: Annotated[int, Field(ge=4, le=100_000)] | None = Field(
        None, description="at most so many points for each metric of a curve, its lowest among them"
    )
    cursor: Whole | None = Field(None, description="from the last page's `next`")
    limit: int = Field(200, ge=1, le=1000, description="trials of a page; a page ends early when it grows long")


def _configurations(text: object) -> object:
    """Pairs of sweep and number from text such as 1:0,1:3; ValueError says what is wrong with it."""
    if not isinstance(text, str):
        return text
    found = tuple(dict.fromkeys(_named_configuration(part.strip()) for part in text.split(",")))
    if not 2 <= len(found) <= MOST_CONFIGURATIONS:
        raise ValueError(f"names {len(found)} configurations; from 2 to {MOST_CONFIGURATIONS} can be compared")
    return found


def _named_configuration(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9][0-9]{0,8}):([0-9]{1,9})", text)
    if match is None:
        raise ValueError(f"{text[:50]!r} is not a sweep's and a configuration's number, such as 1:0")
    return int(match[1]), int(match[2])


MOST_CONFIGURATIONS = 24
_CONFIGURATIONS_SCHEMA = {"type": "string", "pattern": r"^\d+:\d+(,\d+:\d+)+$", "examples": ["1:0,1:1"]}
Named = Annotated[tuple[tuple[int, int], ...], BeforeValidator(_configurations), WithJsonSchema(_CONFIGURATIONS_SCHEMA)]


class CompareQuery(Query):
    """Which configurations are held against the first of them, by what, and over which axis."""

    configurations: Named = Field(description="sweep:number of each, joined by commas; the first is the reference")
    metric: Literal["validation_cost", "train_cost", "validation_accuracy", "train_accuracy"] = Field(
        "validation_cost", description="its best value within the budget is compared"
    )
    axis: Axis = Field(Axis.EPOCHS, description="in what the budget is measured")
    target: Annotated[float, Field(allow_inf_nan=False)] | None = Field(
        None, description="a value of the metric: also compare how far along the axis it was reached"
    )


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
