"""Large sweeps that SQLite stores in parts: which ones are being stored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
views = "c97dbd2c7dadd2ae"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column(
            "sweep_id", sa.Integer(), autoincrement=False, nullable=False, comment="key that its sweep will have"
        ),
        sa.Column(
            "renewed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when rows of it were last stored (UTC)",
        ),
        sa.PrimaryKeyConstraint("sweep_id", name=op.f("pk_submissions")),
        comment="large sweeps that SQLite is storing in parts; rows without a row in `sweeps` are of these",
    )
