"""The queries that the API reads, as models; hyperparameters come from the registry."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, create_model

from api.models.base import Query
from api.models.reference import KIND_SCHEMAS
from comparison.axes import Axis
from comparison.bands import Center
from comparison.curves.effort import PATIENCE
from comparison.outcome import Outcome
from engine.errors import InvalidHyperparameter
from engine.hyperparameter_kinds import Choice, Choices, Name, Sizes
from engine.hyperparameters import HYPERPARAMETERS, Hyperparameter
from results.reads.curves import METRICS
from sweeps.states import State

MOST_TARGETS = 50
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


Points = Annotated[int, Field(ge=4, le=100_000)]


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
    points: Points | None = Field(
        None, description="at most so many points for each metric of a curve, its lowest among them"
    )
    cursor: Whole | None = Field(None, description="from the last page's `next`")
    limit: int = Field(200, ge=1, le=1000, description="trials of a page; a page ends early when it grows long")


class TrialQuery(Query):
    """How much of a trial's curve."""

    points: Points | None = Field(
        None, description="at most so many epochs for each cost of the curve, the lowest among them; layers the same"
    )


def _targets(text: object) -> object:
    """Costs in a list joined by commas; ValueError for what is no finite number above 0."""
    if not isinstance(text, str):
        return text
    try:
        numbers = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        numbers = []
    if not 0 < len(numbers) <= MOST_TARGETS or not all(0 < number < math.inf for number in numbers):
        raise ValueError(f"must be 1 to {MOST_TARGETS} numbers above 0, joined by commas, not {text[:50]!r}")
    return tuple(dict.fromkeys(numbers))


_TARGETS_SCHEMA = {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}, "maxItems": MOST_TARGETS}
Targets = Annotated[tuple[float, ...], BeforeValidator(_targets), WithJsonSchema(_TARGETS_SCHEMA)]


class SummaryQuery(Query):
    """Which targets of a trial, and for how long they must hold."""

    targets: Targets | None = Field(
        None, description="validation costs to reach, joined by commas; the sweep's when left out", examples=["0.5,0.1"]
    )
    patience: int = Field(
        PATIENCE, ge=0, le=1000, description="following epochs at which a target must hold, too, to count as reached"
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
