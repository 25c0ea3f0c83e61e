"""What can go wrong between a client and the service; messages are for people, attributes for programs.

`backsweep.client` raises them; the command line prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One fault of what was sent; `place` is a JSON pointer into the document or the name of a query parameter."""

    place: str
    detail: str


class BacksweepError(Exception):
    """Base of all errors of the client; `faults` names every fault of the input, where there are any."""

    faults: tuple[Fault, ...] = ()


class Unreachable(BacksweepError):
    """Nothing answers at the address."""


class UnreadableFile(BacksweepError, OSError):
    """A sweep file that is not there or cannot be read."""


class NotBacksweep(BacksweepError):
    """Something answers at the address, but it does not speak this API."""


class Refused(BacksweepError):
    """The service answered with a problem (RFC 9457): `status`, `title`, `detail`, `type` and `faults`."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.status = int(problem["status"])
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.type = str(problem.get("type", "about:blank"))
        self.faults = tuple(
            Fault(str(entry.get("pointer", entry.get("parameter", ""))), str(entry.get("detail", "")))
            for entry in problem.get("errors", ())
        )
        super().__init__(": ".join(part for part in (self.title, self.detail) if part))


class InvalidInput(Refused):
    """The document or the query has faults (400, 413, 415, 422)."""


class NotFound(Refused):
    """There is no such sweep, trial or address (404)."""


class Conflict(Refused):
    """The state of the sweep does not allow it (409)."""


class ServiceFailed(Refused):
    """The service could not do it now (5xx); trying again later may help."""


def refusal(problem: Mapping[str, Any]) -> Refused:
    """The error that stands for a problem's status."""
    status = int(problem["status"])
    if status >= 500:
        return ServiceFailed(problem)
    return {404: NotFound, 409: Conflict}.get(status, InvalidInput)(problem)
