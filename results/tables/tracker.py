"""How the tracker fares: one row, for `/readyz` and the API, and the lock of its passes in PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from results.tables.base import UTCTime, metadata

tracker = Table(
    "tracker",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="always 1"),
    Column("passed_at", UTCTime, comment="when a pass last ended (UTC), to half a minute; NULL: none has"),
    Column("error", Text, comment="why MLflow could not take what was due, or NULL: it could"),
    Column("error_since", UTCTime, comment="when that began (UTC), or NULL"),
    comment="how sending to MLflow fares: one row",
)
