"""Values as MLflow shows them: parameters and tags are text, within its limits; times are milliseconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return int(moment.timestamp() * 1000)


def value_text(value: Any) -> str:
    """A hyperparameter's value: numbers as Python writes them, lists as JSON, None as the word default."""
    if value is None:
        return "default"
    if isinstance(value, list | tuple):
        return json.dumps(list(value))
    return str(value)


def short_text(value: Any) -> str:
    """A value in a run's name: as short as can be, without spaces."""
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value) or "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    return value_text(value).replace(" ", "_")


def values_text(values: Sequence[Any], most: int = 40) -> str:
    """All values that a hyperparameter takes in a sweep; many numbers become their count and range."""
    numeric = all(isinstance(value, int | float) for value in values)
    if len(values) > most and numeric:
        return f"{len(values)} values from {value_text(min(values))} to {value_text(max(values))}"
    shown = ", ".join(value_text(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"


def cut(text: str, length: int) -> str:
    """At most `length` characters; what was cut is marked by an ellipsis, since MLflow cuts silently or refuses."""
    return text if len(text) <= length else text[: length - 1] + "…"
