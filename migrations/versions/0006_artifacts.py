"""The watermark of a sweep's artifacts in MLflow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0002"
branch_labels = None
depends_on = None
views = "18c00eb87dd3473d"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    op.add_column(
        "sweeps",
        sa.Column(
            "tracked_artifacts",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="finished_at of the end whose artifacts MLflow was sent, or NULL",
        ),
    )
