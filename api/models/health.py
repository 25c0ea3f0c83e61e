"""Bodies about the service itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.models.base import Body


class Health(Body):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Check(Body):
    """One thing that readiness depends on."""

    name: str = Field(examples=["database"])
    status: Literal["ok", "warning", "failed"]
    detail: str = Field(default="", description="what is wrong and how to fix it, or what serves")


class Readiness(Body):
    """Whether requests will be served; a warning alone does not make the service unready."""

    status: Literal["ready"] = "ready"
    checks: list[Check]
