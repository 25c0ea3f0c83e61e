"""How views document what they refuse: `@blueprint.doc(responses=refusals("no-such-sweep", ...))`.

Each kind of problem has one status, one sentence and one example here, so that all addresses tell it alike.
"""

from __future__ import annotations

from typing import Any

from api.problems import PROBLEM_TYPE, TITLES, TYPE_PREFIX

_FAULT = {"pointer": "/parameters/learning_rate/values/2", "detail": "must be above 0 and at most 1000, not -1"}
_EXAMPLES: dict[str, tuple[int, str, list[dict[str, str]]]] = {
    "unreadable-document": (
        400,
        "The body is not JSON or YAML that can be read without loss.",
        [{"pointer": "", "detail": "line 3: NaN is not a number JSON has"}],
    ),
    "invalid-sweep": (422, "The document was read, but is not a sweep; `errors` names every fault.", [_FAULT]),
    "invalid-query": (
        422,
        "Parameters that the address does not have, or values it does not take; `errors` names every one.",
        [{"parameter": "limit", "detail": "input should be less than or equal to 1000"}],
    ),
    "no-such-sweep": (404, "There is no sweep with this number.", []),
    "no-such-trial": (404, "There is no trial with this number.", []),
    "illegal-move": (409, "The sweep has ended already.", []),
    "invalid-idempotency-key": (400, "The Idempotency-Key is not 1 to 255 characters that a key may have.", []),
    "idempotency-key-reused": (422, "The Idempotency-Key came before with another body.", []),
    "idempotency-key-in-use": (409, "The first request with this Idempotency-Key is still being done.", []),
    "database-unavailable": (503, "The results database does not answer, or its schema is not this version's.", []),
    "not-ready": (503, "The database or its schema cannot be used, or a disk is full.", []),
}
KEYED = ("invalid-idempotency-key", "idempotency-key-reused", "idempotency-key-in-use")  # of every POST
_PLAIN = {
    413: ("Request Entity Too Large", "The body is longer than the service takes."),
    415: ("Unsupported Media Type", "The body's media type, charset or encoding is not read here."),
    500: ("The service failed", "A fault of the service; its log has the details under the number given."),
}


def refusals(*kinds: str | int) -> Any:
    """OpenAPI responses for kinds of problems and bare statuses; every address may also answer 500."""
    found: dict[int, dict[str, Any]] = {}
    for kind in (*kinds, 500):
        status, text, members = _described(kind)
        content = found.setdefault(status, _response(text))["content"][PROBLEM_TYPE]
        content["examples"][members["type"].removeprefix(TYPE_PREFIX).replace(":", "-")] = {"value": members}
    return found


def _described(kind: str | int) -> tuple[int, str, dict[str, Any]]:
    errors: list[dict[str, str]] = []
    if isinstance(kind, int):
        status, type_, (title, text) = kind, "about:blank", _PLAIN[kind]
    else:
        (status, text, errors), title, type_ = _EXAMPLES[kind], TITLES[kind], TYPE_PREFIX + kind
    members: dict[str, Any] = {"type": type_, "title": title, "status": status, "detail": text, "instance": "/api/v1"}
    return status, text, members | ({"errors": errors} if errors else {})


def _response(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {"description": text, "content": {PROBLEM_TYPE: {"schema": schema, "examples": {}}}}
