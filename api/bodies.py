"""Reading a request's body into a document.

Refuses, with what to do instead: other media types, compressed bodies, bodies over the limit (Flask, 413), and text
that `sweeps.reading.documents` cannot read without loss.
"""

from __future__ import annotations

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from api.errors import of_sweep
from api.problems import Problem
from sweeps.errors import InvalidSweep, UnknownMediaType
from sweeps.reading.documents import read

MEDIA_TYPES = ("application/yaml", "application/json")


def document(request: Request) -> object:
    """The document in the request's body; raises `Problem` 400 or 415."""
    _check_encoding(request)
    text = request.get_data()  # kept: an Idempotency-Key is of this body
    if request.content_length is None and len(text) >= (request.max_content_length or len(text) + 1):
        raise RequestEntityTooLarge  # Werkzeug cuts a chunked body at the limit, without a word
    if not text.strip():
        raise Problem(400, "The body is empty; send the sweep as JSON or YAML.", "unreadable-document")
    try:
        return read(text, request.mimetype)
    except UnknownMediaType as error:
        raise _unsupported(
            f"{error.faults[0].message}; send one of them (curl: -H 'Content-Type: {MEDIA_TYPES[0]}')"
        ) from None
    except InvalidSweep as error:
        raise of_sweep(error, 400, "unreadable-document") from error


def optional_document(request: Request) -> object:
    """The document in the request's body, or an empty one where there is no body; raises as `document`."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return {}
    return document(request)


def _check_encoding(request: Request) -> None:
    if request.content_encoding and request.content_encoding.lower() != "identity":
        raise _unsupported(f"A body with Content-Encoding {request.content_encoding} is not read; send it plain")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise _unsupported(f"The charset is {charset}; send UTF-8")


def _unsupported(reason: str) -> Problem:
    return Problem(415, reason + ".", title="Unsupported Media Type", headers={"Accept-Post": ", ".join(MEDIA_TYPES)})
