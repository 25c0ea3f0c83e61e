"""How long an owner may be silent, whether an attempt has advanced, and why a sweep failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
views = "c97dbd2c7dadd2ae"  # what `results.views.everything.digest()` was then

LEASE = "its owner's last sign of life plus lease_seconds (UTC), or NULL; whether it changes is what counts"


def upgrade() -> None:
    """Add columns to `jobs` and `sweeps`; sweeps that failed before get the reason of the first job that did."""
    seconds = "how long its owner may give no sign of life, or NULL"
    op.add_column("jobs", sa.Column("lease_seconds", sa.Float(), nullable=True, comment=seconds))
    advanced = "whether the present attempt has recorded an epoch; then it does not count, however it ends"
    op.add_column(
        "jobs", sa.Column("advanced", sa.Boolean(), nullable=False, server_default=sa.false(), comment=advanced)
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("jobs", "lease_expires_at", comment=LEASE)
    error = "why it failed: its search, or the first of its jobs that did; else NULL"
    op.add_column("sweeps", sa.Column("error", sa.Text(), nullable=True, comment=error))
    op.execute(
        "UPDATE sweeps SET error = (SELECT error FROM jobs WHERE sweep_id = sweeps.id AND state = 'failed' "
        "ORDER BY number LIMIT 1) WHERE state = 'failed'"
    )
