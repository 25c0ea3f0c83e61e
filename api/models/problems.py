"""The body of a refusal, as the OpenAPI document describes it (`api.problems` builds it)."""

from __future__ import annotations

from pydantic import Field

from api.models.base import Body


class ProblemFault(Body):
    """One fault of the input; `pointer` for faults of the document, `parameter` for faults of the query."""

    pointer: str | None = Field(None, description="JSON pointer (RFC 6901) into the document that was sent")
    parameter: str | None = Field(None, description="name of the query parameter")
    detail: str


class ProblemBody(Body):
    """A problem (RFC 9457)."""

    type: str = Field(description="stable name of the kind of problem, or about:blank where the status says it all")
    title: str
    status: int
    detail: str
    instance: str = Field(description="path of the request")
    errors: list[ProblemFault] | None = Field(None, description="every fault of the input, where that is the problem")
