"""Bodies about the service itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.models.base import Body, Count, Moment


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


class Tracking(Body):
    """How far MLflow is behind the results; 100,000 is the most that is counted."""

    enabled: bool = Field(description="whether results are sent to an MLflow at all")
    sweeps: Count = Field(description="sweeps of which something is unsent")
    trials: Count = Field(description="trials of which something is unsent")
    oldest_end: Moment | None = Field(description="when the first of the sweeps ended of whose end MLflow was not told")
    passed_at: Moment | None = Field(description="when the tracker last ended a pass, to half a minute")
    error: str | None = Field(description="why MLflow could not take what was due, or null")
    error_since: Moment | None = Field(description="when that began, or null")
