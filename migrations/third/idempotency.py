"""Answers to requests that carried an Idempotency-Key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Create `idempotency_keys` with its index."""
    op.create_table(
        "idempotency_keys",
        sa.Column(
            "route",
            sa.String(length=200),
            nullable=False,
            comment="method and path of the request, which the key belongs to",
        ),
        sa.Column("key", sa.String(length=255), nullable=False, comment="the Idempotency-Key that its client chose"),
        sa.Column("request_digest", sa.String(length=64), nullable=False, comment="SHA-256 of media type and body"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status of the answer"),
        sa.Column(
            "headers",
            sa.JSON(),
            nullable=False,
            comment="headers of the answer that belong to it, such as Location",
        ),
        sa.Column("body", sa.Text(), nullable=False, comment="the answer, JSON, as it was sent"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was answered first (UTC)"),
        sa.PrimaryKeyConstraint("route", "key", name=op.f("pk_idempotency_keys")),
        comment="answers to requests with an Idempotency-Key, stored in the transaction that did what was asked",
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
