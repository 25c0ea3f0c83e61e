"""What the files of a sweep's model were when MLflow was sent them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
views = "e0ed47bcf0ef7352"  # what `results.views.everything.digest()` was then

COMMENT = "SHA-256 of its model's files as MLflow was sent them, or NULL"


def upgrade() -> None:
    """Add a column to `sweeps`; of models that were sent before nothing is known."""
    op.add_column("sweeps", sa.Column("model_sha256", sa.String(64), nullable=True, comment=COMMENT))
