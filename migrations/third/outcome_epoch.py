"""Since which epoch a trial has its outcome."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add a column to `trials`."""
    op.add_column(
        "trials",
        sa.Column(
            "outcome_epoch",
            sa.Integer(),
            nullable=True,
            comment="epoch at which the outcome was reached (docs: outcomes); NULL: none yet, or it still descends",
        ),
    )
