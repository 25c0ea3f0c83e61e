"""What was asked: `datasets` and `sweeps`, as the first migration makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def create_datasets() -> None:
    """Create the table."""
    op.create_table(
        "datasets",
        sa.Column("id", sa.Integer(), nullable=False, comment="key"),
        sa.Column("name", sa.String(length=100), nullable=False, comment="name as sweeps use it, such as digits"),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the content; the same name may get new content",
        ),
        sa.Column("task", sa.String(length=20), nullable=False, comment="classification or regression"),
        sa.Column(
            "samples", sa.Integer(), nullable=False, comment="number of samples, training and validation together"
        ),
        sa.Column("features", sa.Integer(), nullable=False, comment="inputs of a network on it"),
        sa.Column(
            "outputs", sa.Integer(), nullable=False, comment="outputs of a network on it: classes, or target columns"
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="where the data comes from"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was first used here (UTC)"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
        sa.UniqueConstraint("name", "digest", name=op.f("uq_datasets_name_digest")),
        comment="data sets by name and content",
    )


def create_sweeps() -> None:
    """Create the table."""
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer(), nullable=False, comment="key; the sweep's number in the API"),
        sa.Column(
            "uid", sa.String(length=32), nullable=False, comment="random hexadecimal identity, unique across databases"
        ),
        sa.Column("name", sa.String(length=250), nullable=False, comment="its user's name for it; need not be unique"),
        sa.Column("project", sa.String(length=250), nullable=False, comment="project, the experiment in MLflow"),
        sa.Column("method", sa.String(length=20), nullable=False, comment="grid, random or a search"),
        sa.Column(
            "state", sa.String(length=20), nullable=False, comment="queued, running, finished, failed or cancelled"
        ),
        sa.Column("wanted", sa.String(length=20), nullable=False, comment="what its user wants of it: run or cancel"),
        sa.Column("metric_name", sa.String(length=50), nullable=False, comment="metric the sweep is judged by"),
        sa.Column("metric_goal", sa.String(length=10), nullable=False, comment="minimize or maximize"),
        sa.Column(
            "metric_target",
            sa.Float(),
            nullable=True,
            comment="value aimed at, or NULL; recorded, it does not end the sweep yet",
        ),
        sa.Column(
            "replicates", sa.Integer(), nullable=False, comment="trainings of each configuration, under different seeds"
        ),
        sa.Column("seed", sa.BigInteger(), nullable=False, comment="seed all others are derived from"),
        sa.Column(
            "split_seed", sa.BigInteger(), nullable=False, comment="seed of the validation split, shared by all trials"
        ),
        sa.Column("search_seed", sa.BigInteger(), nullable=False, comment="seed of the search"),
        sa.Column(
            "validation_fraction", sa.Float(), nullable=False, comment="share of the samples held out for validation"
        ),
        sa.Column(
            "targets",
            sa.JSON(),
            nullable=False,
            comment="validation costs whose first epoch is recorded for every trial",
        ),
        sa.Column(
            "generation", sa.Integer(), nullable=False, comment="proposals made so far; fences adaptive searches"
        ),
        sa.Column("document", sa.JSON(), nullable=False, comment="the document as it was submitted"),
        sa.Column("notes", sa.JSON(), nullable=False, comment="defaults taken and keys ignored, as sentences"),
        sa.Column("configuration_count", sa.Integer(), nullable=False, comment="number of configurations"),
        sa.Column("trial_count", sa.Integer(), nullable=False, comment="number of trials"),
        sa.Column("job_count", sa.Integer(), nullable=False, comment="number of jobs"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was submitted (UTC)"),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), nullable=True, comment="when its first job was claimed (UTC)"
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="when its last job ended (UTC)"),
        sa.Column(
            "mlflow_experiment_id",
            sa.String(length=64),
            nullable=True,
            comment="MLflow experiment it was sent to, or NULL",
        ),
        sa.Column(
            "mlflow_run_id", sa.String(length=64), nullable=True, comment="MLflow parent run, or NULL while not sent"
        ),
        sa.Column(
            "tracked_state", sa.String(length=20), nullable=True, comment="state that MLflow was last told, or NULL"
        ),
        sa.Column("tracking_error", sa.Text(), nullable=True, comment="why MLflow refuses it for good, or NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sa.UniqueConstraint("uid", name=op.f("uq_sweeps_uid")),
        comment="what users submitted",
    )
    op.create_index(op.f("ix_sweeps_created_at"), "sweeps", ["created_at"], unique=False)
    op.create_index(op.f("ix_sweeps_project"), "sweeps", ["project"], unique=False)
    op.create_index(op.f("ix_sweeps_state"), "sweeps", ["state"], unique=False)
