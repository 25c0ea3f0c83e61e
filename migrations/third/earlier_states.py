"""The state before the latest one, to go on from where that is damaged; how fast each machine computes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add two columns to `checkpoints` and create `machines`."""
    op.add_column(
        "checkpoints",
        sa.Column(
            "earlier_epoch",
            sa.Integer(),
            nullable=True,
            comment="epoch of the state saved before, or NULL where there is none or the trial has ended",
        ),
    )
    op.add_column(
        "checkpoints",
        sa.Column(
            "earlier_state",
            sa.LargeBinary(),
            nullable=True,
            comment="the state saved before, to go on from where the latest is damaged",
        ),
    )
    op.create_table(
        "machines",
        sa.Column("name", sa.String(length=200), nullable=False, comment="processor and BLAS kernel"),
        sa.Column(
            "slowness",
            sa.Float(),
            nullable=False,
            comment="seconds it takes for what the planner's reference machine does in one",
        ),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False, comment="when it was measured (UTC)"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_machines")),
        comment="machines that train, measured once each, so that jobs last as long as they should",
    )
