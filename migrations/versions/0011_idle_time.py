"""How long a sweep was idle: ended before it was extended or retried, or paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
views = "e0ed47bcf0ef7352"  # what `results.views.everything.digest()` was then

SECONDS = "how long since it started it had ended or was paused, before it continued"
PAUSED = "when it was paused (UTC), or NULL: it is not"


def upgrade() -> None:
    """Add two columns to `sweeps`; how long earlier ones were idle is not known, and counts as not at all."""
    op.add_column(
        "sweeps", sa.Column("idle_seconds", sa.Float(), nullable=False, server_default=sa.text("0"), comment=SECONDS)
    )
    op.add_column("sweeps", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True, comment=PAUSED))
