"""Adaptive searches, decisions of early termination, and why a sweep stopped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
views = "18c00eb87dd3473d"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("trial_id", sa.Integer(), nullable=False, comment="its trial"),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False, comment="epoch at which it was decided"),
        sa.Column("rule", sa.String(length=20), nullable=False, comment="rule of early termination that decided"),
        sa.Column("value", sa.Float(), nullable=True, comment="the metric's value that was judged; NULL: not finite"),
        sa.Column(
            "threshold",
            sa.Float(),
            nullable=True,
            comment="value that it was held against, or NULL where the rule has none",
        ),
        sa.Column("verdict", sa.String(length=10), nullable=False, comment="continue or stop"),
        sa.Column("audited", sa.Boolean(), nullable=False, comment="whether it went on although the verdict was stop"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="when it was decided (UTC)"),
        sa.ForeignKeyConstraint(["trial_id"], ["trials.id"], name=op.f("fk_decisions_trial_id_trials")),
        sa.PrimaryKeyConstraint("trial_id", "epoch", name=op.f("pk_decisions")),
        comment="decisions of early termination, made once and repeated when a trial is trained again",
    )
    op.add_column(
        "configurations",
        sa.Column(
            "generation",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="proposal it came with; 0 unless searched",
        ),
    )
    op.add_column(
        "configurations",
        sa.Column(
            "search_state",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="its point as the search sees it, or NULL",
        ),
    )
    op.add_column(
        "sweeps",
        sa.Column(
            "stopped_because",
            sa.Text(),
            nullable=True,
            comment="why no more of its trials begin, or NULL: stopped, or target reached",
        ),
    )
    op.add_column(
        "sweeps",
        sa.Column(
            "search",
            sa.String(length=20),
            nullable=True,
            comment="how an adaptive search proposes (tpe, cmaes, ...), or NULL",
        ),
    )
    op.add_column(
        "sweeps",
        sa.Column("run_cap", sa.Integer(), nullable=True, comment="most configurations, or NULL: the whole grid"),
    )
    op.add_column(
        "sweeps",
        sa.Column(
            "search_state",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="what the search itself keeps between proposals, or NULL",
        ),
    )

    if op.get_context().dialect.name == "postgresql":  # SQLite keeps no comments
        _comment("state", sa.String(20), "queued, running, paused, finished, failed or cancelled")
        _comment("wanted", sa.String(20), "what its user wants of it: run, pause or cancel")
        _comment("metric_target", sa.Float(), "value that ends the sweep when a trial reaches it, or NULL")


def _comment(column: str, kind: sa.types.TypeEngine[object], comment: str) -> None:
    op.alter_column("sweeps", column, existing_type=kind, comment=comment)
