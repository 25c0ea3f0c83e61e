"""Since which epoch a trial has its outcome."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0002"
branch_labels = None
depends_on = None
views = "babf1e47e1a98430"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    op.add_column(
        "trials",
        sa.Column(
            "outcome_epoch",
            sa.Integer(),
            nullable=True,
            comment="epoch at which the outcome was reached (docs: outcomes); NULL: none yet, or it still descends",
        ),
    )
