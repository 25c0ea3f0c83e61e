"""The watermark of a sweep's artifacts in MLflow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add the watermark of artifacts to `sweeps`."""
    op.add_column(
        "sweeps",
        sa.Column(
            "tracked_artifacts",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="finished_at of the end whose artifacts MLflow was sent, or NULL",
        ),
    )
