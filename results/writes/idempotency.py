"""Requests that are done once, however often they come: the answer is stored in the transaction that does them.

Called by `api.idempotency`. A process that dies after the commit has its answer stored; one that dies before it has
done nothing. Draft: IETF draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, text

from results.clock import now
from results.errors import KeyInUse, KeyReused
from results.tables.idempotency import idempotency_keys


@dataclass(frozen=True)
class KeyedRequest:
    """A request under its client's key; `route` is what the key belongs to, `digest` the SHA-256 of what it asks."""

    route: str
    key: str
    digest: str


@dataclass(frozen=True)
class StoredAnswer:
    """An answer as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: str


def answer_before(connection: Connection, request: KeyedRequest, kept_seconds: float) -> StoredAnswer | None:
    """What was answered to this request, or None where it has not been done within `kept_seconds`.

    Then the key is the caller's until its transaction ends. Raises `KeyReused` where the key came with another
    request, and `KeyInUse` where somebody else is at it; SQLite's writers take turns, so there nobody is.
    """
    _take(connection, request)
    row = connection.execute(select(idempotency_keys).where(_is(request))).one_or_none()
    if row is None:
        return None
    if row.created_at < now(connection) - timedelta(seconds=kept_seconds):
        connection.execute(delete(idempotency_keys).where(_is(request)))
        return None
    if row.request_digest != request.digest:
        raise KeyReused(request.route, request.key)
    return StoredAnswer(row.status, row.headers, row.body)


def keep_answer(connection: Connection, request: KeyedRequest, answer: StoredAnswer) -> None:
    """Store the answer; the caller has asked for one before, in this transaction, and there was none."""
    row = {
        "route": request.route,
        "key": request.key,
        "request_digest": request.digest,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body,
        "created_at": now(connection),
    }
    connection.execute(insert(idempotency_keys).values(row))


def prune(connection: Connection, kept_seconds: float) -> int:
    """Forget answers that have been kept long enough; how many."""
    long_ago = now(connection) - timedelta(seconds=kept_seconds)
    statement = delete(idempotency_keys).where(idempotency_keys.c.created_at < long_ago)
    return connection.execute(statement).rowcount


def _is(request: KeyedRequest) -> ColumnElement[bool]:
    return (idempotency_keys.c.route == request.route) & (idempotency_keys.c.key == request.key)


def _take(connection: Connection, request: KeyedRequest) -> None:
    """Hold the key to the end of the transaction. A row cannot be held that is not there yet: an advisory lock can."""
    if connection.dialect.name != "postgresql":
        return
    statement = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    if not connection.execute(statement, {"name": f"{request.route} {request.key}"}).scalar_one():
        raise KeyInUse(request.route, request.key)
