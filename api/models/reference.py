"""Bodies about what a sweep may say: data sets and the registry of hyperparameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pydantic import Field, JsonValue

from api.models.base import Body
from engine.hyperparameter_kinds import Choice, Choices, Integer, Name, Number, Sizes, Value
from engine.hyperparameters import Hyperparameter

Schema = dict[str, Any]


class Dataset(Body):
    """A data set that sweeps may name."""

    name: str = Field(examples=["digits"])
    task: str = Field(description="classification or regression", examples=["classification"])
    samples: int = Field(examples=[1797])
    features: int = Field(examples=[64])
    outputs: int = Field(description="classes, or target columns", examples=[10])
    digest: str = Field(description="SHA-256 of the content")
    source: str


class Datasets(Body):
    """All of them."""

    datasets: list[Dataset]


class HyperparameterEntry(Body):
    """One entry of the registry; `value_schema` is the JSON schema of its values."""

    name: str = Field(examples=["learning_rate"])
    meaning: str
    value_schema: dict[str, JsonValue]
    range: str = Field(description="what values it takes, in words")
    default: JsonValue
    default_text: str = Field(description="what the default null stands for, where it is null")
    aliases: list[str] = Field(description="other names that sweeps may use")
    optional: bool = Field(description="whether null is a value")
    per_trial: bool = Field(description="whether trials that differ in it can be trained in one array")


class Hyperparameters(Body):
    """The whole registry, in its order."""

    hyperparameters: list[HyperparameterEntry]


def entry_of(entry: Hyperparameter) -> HyperparameterEntry:
    """A registry entry as data."""
    schema = KIND_SCHEMAS[type(entry.kind)](entry.kind)
    return HyperparameterEntry(
        name=entry.name,
        meaning=entry.meaning,
        value_schema={"anyOf": [schema, {"type": "null"}]} if entry.optional else schema,
        range=entry.kind.range_text(),
        default=plain(entry.default),
        default_text=entry.default_text,
        aliases=list(entry.aliases),
        optional=entry.optional,
        per_trial=entry.per_trial,
    )


def plain(value: Value) -> JsonValue:
    """A hyperparameter's value as JSON has it: tuples become lists."""
    return list(value) if isinstance(value, tuple) else value


def _number(kind: Number) -> Schema:
    schema: Schema = {"type": "number"}
    if not math.isinf(kind.low):
        schema["exclusiveMinimum" if kind.low_open else "minimum"] = kind.low
    if not math.isinf(kind.high):
        schema["exclusiveMaximum" if kind.high_open else "maximum"] = kind.high
    return schema


def _sizes(kind: Sizes) -> Schema:
    size = {"type": "integer", "minimum": 1, "maximum": kind.most_units}
    return {"type": "array", "items": size, "maxItems": kind.most_layers}


def _choices(kind: Choices) -> Schema:
    one = {"type": "string", "enum": list(kind.choice.names)}
    return {"anyOf": [one, {"type": "array", "items": one}]}


KIND_SCHEMAS: dict[type, Callable[[Any], Schema]] = {
    Number: _number,
    Integer: lambda kind: {"type": "integer", "minimum": kind.low, "maximum": kind.high},
    Choice: lambda kind: {"type": "string", "enum": list(kind.names)},
    Name: lambda kind: {"type": "string", "minLength": 1, "maxLength": 100},
    Sizes: _sizes,
    Choices: _choices,
}
