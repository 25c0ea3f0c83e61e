"""What MLflow lacks is found by partial indices; how the tracker fares; sweeps that MLflow may have lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
views = "c97dbd2c7dadd2ae"  # what `results.views.everything.digest()` was then

_ENDED = "('cancelled', 'failed', 'finished', 'pruned')"
_SWEEP = (
    f"tracking_error IS NULL AND (tracked_state IS NULL OR tracked_state != state OR tracked_state NOT IN {_ENDED})"
)
_ARTIFACTS = (
    "tracking_error IS NULL AND mlflow_run_id IS NOT NULL AND finished_at IS NOT NULL"
    f" AND state IN {_ENDED} AND tracked_state = state"
    " AND (tracked_artifacts IS NULL OR tracked_artifacts != finished_at)"
)
_TRIAL = (
    "tracking_error IS NULL AND (started_at IS NOT NULL OR epochs_recorded >= 0)"
    " AND (tracked_epoch < epochs_recorded OR tracked_state IS NULL OR tracked_state != state)"
)


def upgrade() -> None:
    op.add_column(
        "sweeps",
        sa.Column(
            "tracking_doubt",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="whether MLflow, which lost another sweep's run, is still to be asked for this one's",
        ),
    )
    table = op.create_table(
        "tracker",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="always 1"),
        sa.Column(
            "passed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when a pass last ended (UTC), to half a minute; NULL: none has",
        ),
        sa.Column(
            "error", sa.Text(), nullable=True, comment="why MLflow could not take what was due, or NULL: it could"
        ),
        sa.Column("error_since", sa.DateTime(timezone=True), nullable=True, comment="when that began (UTC), or NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracker")),
        comment="how sending to MLflow fares: one row",
    )
    op.bulk_insert(table, [{"id": 1}])
    _index("sweeps", "unsent", ["id"], _SWEEP)
    _index("sweeps", "artifacts_unsent", ["mlflow_experiment_id", "id"], _ARTIFACTS)
    _index("sweeps", "sent", ["id"], "tracking_error IS NULL AND mlflow_run_id IS NOT NULL")
    _index("sweeps", "in_doubt", ["id"], "tracking_doubt")
    _index("trials", "unsent", ["sweep_id", "tracked_epoch", "id"], _TRIAL)


def _index(table: str, name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=condition, postgresql_where=condition)
