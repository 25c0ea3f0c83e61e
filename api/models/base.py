"""What all bodies share: built from attributes; costs that are finite or null; times in UTC."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Body(BaseModel):
    """Base of every body the API sends."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Query(BaseModel):
    """Base of every query: an unknown parameter is a fault, not a typing error that passes silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Real = Annotated[float | None, BeforeValidator(_finite)]
"""A number, or null where it is not finite or not known."""

Moment = Annotated[datetime, Field(description="ISO 8601, UTC", examples=["2026-01-31T12:00:00.000000Z"])]

Key = Annotated[int, Field(ge=1, le=2**31 - 1)]
Count = Annotated[int, Field(ge=0)]
