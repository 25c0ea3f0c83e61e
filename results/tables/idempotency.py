"""What was answered to requests that carried an Idempotency-Key, to be answered again."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from results.tables.base import UTCTime, metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("route", String(200), primary_key=True, comment="method and path of the request, which the key belongs to"),
    Column("key", String(255), primary_key=True, comment="the Idempotency-Key that its client chose"),
    Column("request_digest", String(64), nullable=False, comment="SHA-256 of media type and body"),
    Column("status", Integer, nullable=False, comment="HTTP status of the answer"),
    Column("headers", JSON, nullable=False, comment="headers of the answer that belong to it, such as Location"),
    Column("body", Text, nullable=False, comment="the answer, JSON, as it was sent"),
    Column("created_at", UTCTime, nullable=False, comment="when it was answered first (UTC)"),
    Index("ix_idempotency_keys_created_at", "created_at"),
    comment="answers to requests with an Idempotency-Key, stored in the transaction that did what was asked",
)
