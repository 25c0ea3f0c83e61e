"""What every trial's results depend on, as a digest, and whose results it took over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

REUSED_FROM = "trial of another sweep whose results it took over, or NULL: trained for its own"


def upgrade() -> None:
    """Columns of `trials`, and an index."""
    op.add_column(
        "trials",
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256 of configuration, data, seeds and engine; NULL: stored before there was one",
        ),
    )
    if op.get_context().dialect.name == "sqlite":  # Alembic adds no foreign key to a table of SQLite
        op.execute(
            "ALTER TABLE trials ADD COLUMN reused_from INTEGER "
            "CONSTRAINT fk_trials_reused_from_trials REFERENCES trials (id)"
        )
    else:
        op.add_column("trials", sa.Column("reused_from", sa.Integer(), nullable=True, comment=REUSED_FROM))
        op.create_foreign_key(op.f("fk_trials_reused_from_trials"), "trials", "trials", ["reused_from"], ["id"])
    op.create_index(op.f("ix_trials_digest"), "trials", ["digest"], unique=False)
