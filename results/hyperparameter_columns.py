"""How hyperparameters stand in SQL: each in its typed column, all of them as JSON. Used by writes and reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, Configuration, configuration, values_of


def column_value(value: Value) -> str | int | float | None:
    """The value in its typed column: lists, such as layers, as JSON text `[32, 32]`, all else as it is."""
    return json.dumps(value) if isinstance(value, tuple) else value


def configuration_columns(whole: Configuration) -> dict[str, Any]:
    """All columns of a configuration that hold its hyperparameters, the JSON included."""
    values = values_of(whole)
    return {"hyperparameters": values, **{name: column_value(value) for name, value in values.items()}}


def configuration_from(document: Mapping[str, object]) -> Configuration:
    """The configuration from its JSON; what was registered after it was stored has its default."""
    return configuration(document)


def values_from(document: Mapping[str, object]) -> dict[str, Value]:
    """The hyperparameters from their JSON, lists as tuples, in the registry's order."""
    return {name: _plain(document[name]) for name in HYPERPARAMETERS if name in document}


def _plain(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
