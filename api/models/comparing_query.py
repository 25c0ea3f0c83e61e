"""The query of a comparison of named configurations."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.models.base import Query
from comparison.axes import Axis

MOST_CONFIGURATIONS = 24


def _configurations(text: object) -> object:
    """Pairs of sweep and number from text such as 1:0,1:3; ValueError says what is wrong with it."""
    if not isinstance(text, str):
        return text
    found = tuple(dict.fromkeys(_named_configuration(part.strip()) for part in text.split(",")))
    if not 2 <= len(found) <= MOST_CONFIGURATIONS:
        raise ValueError(f"must name 2 to {MOST_CONFIGURATIONS} different configurations, not {len(found)}")
    return found


def _named_configuration(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9][0-9]{0,8}):([0-9]{1,9})", text)
    if match is None:
        raise ValueError(f"{text[:50]!r} is not a sweep's and a configuration's number, such as 1:0")
    return int(match[1]), int(match[2])


_CONFIGURATIONS_SCHEMA = {"type": "string", "pattern": r"^\d+:\d+(,\d+:\d+)+$", "examples": ["1:0,1:1"]}
Named = Annotated[tuple[tuple[int, int], ...], BeforeValidator(_configurations), WithJsonSchema(_CONFIGURATIONS_SCHEMA)]


class CompareQuery(Query):
    """Which configurations are held against the first of them, by what, and over which axis."""

    configurations: Named = Field(description="sweep:number of each, joined by commas; the first is the reference")
    metric: Literal["validation_cost", "train_cost", "validation_accuracy", "train_accuracy"] = Field(
        "validation_cost", description="its best value within the budget is compared"
    )
    axis: Axis = Field(Axis.EPOCHS, description="in what the budget is measured")
    target: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="a value of the metric: also compare how far along the axis it was reached"
    )
