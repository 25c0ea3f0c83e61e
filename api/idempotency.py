"""POST requests done once under their client's Idempotency-Key: every view that changes something answers through here.

After IETF draft-ietf-httpapi-idempotency-key-header: the same key and body are answered as the first time, another body
is 422, a first request that is still being done 409. Only what was done is kept: a refused request may be mended and
sent again under its key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Response, current_app, request
from sqlalchemy import Connection

from api.models.base import Body
from api.problems import Problem
from api.services import services
from results.writes.idempotency import KeyedRequest, StoredAnswer, answer_before, keep_answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_BARE = re.compile(r"[!#-+\--:<-~]{1,255}")  # visible ASCII but quotes, commas and semicolons
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')  # a string of RFC 8941, as the draft has it


@dataclass(frozen=True)
class Done:
    """What a request came to: its answer, and what is left to do once that is stored."""

    body: Body
    status: int = 202
    headers: Mapping[str, str] = field(default_factory=dict)
    afterwards: Callable[[], None] = lambda: None


def done_once(act: Callable[[Connection], Done]) -> Response:
    """Do it and store its answer in one transaction, or answer as before where that was done already."""
    service = services()
    keyed = keyed_request()
    with service.database.write() as connection:
        before = None
        if keyed is not None:
            before = answer_before(connection, keyed, service.settings.idempotency_seconds)
        if before is not None:
            return _response(before, {REPLAYED: "true"})
        done = act(connection)
        answer = StoredAnswer(done.status, done.headers, _text(done.body))
        if keyed is not None:
            keep_answer(connection, keyed, answer)
    done.afterwards()
    return _response(answer)


def keyed_request() -> KeyedRequest | None:
    """The present request under its key, or None without one; raises `Problem` 400."""
    header = request.headers.get(HEADER)
    if header is None:
        return None
    digest = hashlib.sha256(request.mimetype.encode() + b"\0" + request.get_data()).hexdigest()
    return KeyedRequest(f"{request.method} {request.path}"[:200], _key(header.strip()), digest)


def _key(header: str) -> str:
    quoted = _QUOTED.fullmatch(header)
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if _BARE.fullmatch(header) is None:
        raise Problem(
            400,
            f"{HEADER} must be 1 to 255 visible ASCII characters, in quotes where it has spaces, commas or semicolons.",
            "invalid-idempotency-key",
        )
    return header


def _text(body: Body) -> str:
    return current_app.json.dumps(body.model_dump(mode="json")) + "\n"


def _response(answer: StoredAnswer, more: Mapping[str, str] | None = None) -> Response:
    response = Response(answer.body, status=answer.status, content_type="application/json")
    response.headers.update({**answer.headers, **(more or {})})
    return response
