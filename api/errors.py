"""What went wrong, as problems: registered once on the application, so that views need not catch anything.

Unforeseen errors become a 500 whose number stands in the log with the traceback; the client sees the number alone.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from api.problems import InputFault, Problem, counted, render
from results.errors import (
    DatabaseUnusable,
    IllegalMove,
    InvalidCursor,
    InvalidFilter,
    InvalidSort,
    KeyInUse,
    KeyReused,
    NoSuchSweep,
    NoSuchTrial,
    SchemaOutdated,
)
from sweeps.errors import InvalidSweep

log = logging.getLogger(__name__)


def register(app: APIFlask) -> None:
    """Let every error of `app` end as application/problem+json."""
    kinds: list[tuple[type[Exception], Callable[[Any], Problem]]] = [
        (Problem, lambda problem: problem),
        (HTTPError, _of_query),
        (HTTPException, _of_http),
        (InvalidSweep, of_sweep),
        (NoSuchSweep, lambda error: Problem(404, str(error), "no-such-sweep")),
        (NoSuchTrial, lambda error: Problem(404, str(error), "no-such-trial")),
        (IllegalMove, lambda error: Problem(409, str(error), "illegal-move")),
        (KeyReused, lambda error: Problem(422, str(error), "idempotency-key-reused")),
        (KeyInUse, lambda error: Problem(409, str(error), "idempotency-key-in-use", headers={"Retry-After": "1"})),
        (InvalidCursor, lambda error: _of_parameter("cursor", error.reason)),
        (InvalidSort, lambda error: _of_parameter("sort", error.reason)),
        (InvalidFilter, lambda error: _of_parameter(error.name, error.reason)),
        (DatabaseUnusable, _of_database),
        (SchemaOutdated, _of_database),
        (Exception, _of_unforeseen),
    ]
    for kind, translate in kinds:
        app.register_error_handler(kind, _handler(translate))


def _handler(translate: Callable[[Any], Problem]) -> Callable[[Any], Response]:
    return lambda error: render(translate(error))


def of_sweep(error: InvalidSweep, status: int = 422, kind: str = "invalid-sweep") -> Problem:
    """The faults of a sweep's document, each by its pointer."""
    faults = tuple(InputFault(fault.message, pointer=fault.pointer) for fault in error.faults)
    return Problem(status, counted(faults, "document"), kind, faults=faults)


def _of_query(error: HTTPError) -> Problem:
    """APIFlask wraps pydantic's findings; the original tells every parameter and why."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return Problem(error.status_code, str(error.message), title=str(error.message))
    faults = tuple(
        InputFault(_reason(found), parameter=str(found["loc"][0])) for found in cause.errors() if found["loc"]
    )
    return Problem(422, counted(faults, "query"), "invalid-query", faults=faults)


def _of_parameter(name: str, reason: str) -> Problem:
    faults = (InputFault(reason, parameter=name),)
    return Problem(422, counted(faults, "query"), "invalid-query", faults=faults)


def _reason(found: Any) -> str:
    if found["type"] == "extra_forbidden":
        return "is not a parameter of this address"
    message = str(found["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _of_http(error: HTTPException) -> Problem:
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    detail = error.description or error.name
    if isinstance(error, NotFound):
        detail = "There is nothing at this address; /docs shows what there is."
    elif isinstance(error, MethodNotAllowed):
        detail = f"This address takes {kept.get('Allow', 'other methods')}."
    elif isinstance(error, RequestEntityTooLarge):
        detail = f"The body is longer than the {current_app.config['MAX_CONTENT_LENGTH']} bytes that are taken."
    return Problem(error.code or 500, detail, title=error.name, headers=kept)


def _of_database(error: Exception) -> Problem:
    return Problem(503, str(error), "database-unavailable", headers={"Retry-After": "5"})


def _of_unforeseen(error: Exception) -> Problem:
    number = secrets.token_hex(4)
    log.error("request failed, incident %s", number, exc_info=error)
    return Problem(500, f"The fault is the service's, not yours; its log has the details under {number}.", "internal")
