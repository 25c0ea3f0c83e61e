"""Problems: every refusal of the API, as RFC 9457 describes them (application/problem+json).

Views and readers raise `Problem`; `api.errors` turns whatever else goes wrong into one. Carries no stack trace, ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request

PROBLEM_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:backsweep:problem:"

TITLES = {
    "invalid-sweep": "The sweep has faults",
    "unreadable-document": "The document cannot be read",
    "invalid-query": "The query has faults",
    "no-such-sweep": "There is no such sweep",
    "no-such-trial": "There is no such trial",
    "illegal-move": "The sweep's state does not allow that",
    "invalid-idempotency-key": "The Idempotency-Key cannot be read",
    "idempotency-key-reused": "The Idempotency-Key was used for another request",
    "idempotency-key-in-use": "The first request with this Idempotency-Key is still being done",
    "database-unavailable": "The results database cannot be used",
    "not-ready": "The service is not ready",
    "internal": "The service failed",
}


@dataclass(frozen=True)
class InputFault:
    """One fault of the input: `pointer` (JSON pointer, RFC 6901) into the document, or the query `parameter`."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def members(self) -> dict[str, str]:
        """The fault as it stands in `errors`."""
        place = {"pointer": self.pointer, "parameter": self.parameter}
        return {name: text for name, text in place.items() if text is not None} | {"detail": self.detail}


class Problem(Exception):
    """A refusal. `kind` is a key of `TITLES`, or empty where the HTTP status says it all (type about:blank)."""

    def __init__(
        self,
        status: int,
        detail: str,
        kind: str = "",
        *,
        title: str = "",
        faults: tuple[InputFault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind, self.title = status, detail, kind, title
        self.faults, self.headers = faults, headers or {}

    def members(self) -> dict[str, object]:
        """The problem's JSON object, but for `instance`."""
        whole: dict[str, object] = {
            "type": TYPE_PREFIX + self.kind if self.kind else "about:blank",
            "title": self.title or TITLES[self.kind],
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            whole["errors"] = [fault.members() for fault in self.faults]
        return whole


def render(problem: Problem) -> Response:
    """The problem as the response to the present request."""
    body = json.dumps(problem.members() | {"instance": request.path})
    response = Response(body + "\n", status=problem.status, content_type=PROBLEM_TYPE)
    response.headers.update(problem.headers)
    return response


def counted(faults: tuple[InputFault, ...], of: str) -> str:
    """One sentence for `detail`: the only fault, or how many there are."""
    if len(faults) == 1:
        place = faults[0].pointer or faults[0].parameter
        return f"{place}: {faults[0].detail}" if place else faults[0].detail
    return f"{len(faults)} faults of the {of}, each named in `errors`."
