"""Extensions of large sweeps that SQLite stores in parts: what is extended, to what, and how far that has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
views = "e0ed47bcf0ef7352"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    """Add three columns to `submissions`."""
    whole = "what the sweep becomes, once that is certain: it is completed, whatever happens; NULL: not yet"
    for column in (
        sa.Column(
            "extends", sa.Integer(), nullable=True, comment="sweep that it extends, or NULL: it will be a new one"
        ),
        sa.Column("extension", sa.JSON(none_as_null=True), nullable=True, comment=whole),
        sa.Column(
            "extended_to",
            sa.Integer(),
            nullable=True,
            comment="how many trials are queued to continue, or NULL: none",
        ),
    ):
        op.add_column("submissions", column)
