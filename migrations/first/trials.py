"""What is done: `jobs` and `trials`, as the first migration makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def create_jobs() -> None:
    """Create the table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False, comment="key; the only thing a queue message carries"),
        sa.Column("sweep_id", sa.Integer(), nullable=False, comment="its sweep"),
        sa.Column("number", sa.Integer(), nullable=False, comment="place in the sweep, from 0"),
        sa.Column(
            "state", sa.String(length=20), nullable=False, comment="queued, running, finished, failed or cancelled"
        ),
        sa.Column(
            "attempt", sa.Integer(), nullable=False, comment="how often it was claimed; with the key the fencing token"
        ),
        sa.Column("max_attempts", sa.Integer(), nullable=False, comment="attempts after which it fails"),
        sa.Column("owner", sa.String(length=200), nullable=True, comment="host and process that holds it, or NULL"),
        sa.Column(
            "lease_expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its owner counts as dead (UTC), or NULL",
        ),
        sa.Column(
            "last_sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its message was last put on the queue (UTC), or NULL",
        ),
        sa.Column("trial_count", sa.Integer(), nullable=False, comment="trials trained in one array"),
        sa.Column(
            "estimated_seconds", sa.Float(), nullable=False, comment="planner's estimate of its time on one core"
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="why the last attempt ended badly, or NULL"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was planned (UTC)"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True, comment="when it was first claimed (UTC)"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="when it ended (UTC)"),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_jobs_sweep_id_sweeps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("sweep_id", "number", name=op.f("uq_jobs_sweep_id_number")),
        comment="what is queued, claimed and retried: trials of equal shape in one array",
    )
    op.create_index("ix_jobs_state_lease_expires_at", "jobs", ["state", "lease_expires_at"], unique=False)


def create_trials() -> None:
    """Create the table."""
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer(), nullable=False, comment="key; the trial's number in the API"),
        sa.Column("sweep_id", sa.Integer(), nullable=False, comment="its sweep"),
        sa.Column("configuration_id", sa.Integer(), nullable=False, comment="its configuration"),
        sa.Column("job_id", sa.Integer(), nullable=False, comment="the job that trains it"),
        sa.Column("number", sa.Integer(), nullable=False, comment="place in the sweep, from 0"),
        sa.Column("replicate", sa.Integer(), nullable=False, comment="which seed of its configuration, from 0"),
        sa.Column(
            "init_seed",
            sa.BigInteger(),
            nullable=False,
            comment="seed of the weights; the same for a replicate everywhere",
        ),
        sa.Column(
            "data_seed",
            sa.BigInteger(),
            nullable=False,
            comment="seed of the mini-batch order; the same for a replicate everywhere",
        ),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
            comment="queued, running, finished, pruned, failed or cancelled",
        ),
        sa.Column(
            "outcome",
            sa.String(length=20),
            nullable=True,
            comment="what the curve did (docs: outcomes); NULL before epoch 2",
        ),
        sa.Column("epochs_recorded", sa.Integer(), nullable=False, comment="last epoch stored; -1 before epoch 0"),
        sa.Column(
            "diverged_epoch",
            sa.Integer(),
            nullable=True,
            comment="epoch at which its cost was no longer finite, or NULL",
        ),
        sa.Column("best_train_cost", sa.Float(), nullable=True, comment="lowest training cost so far"),
        sa.Column("best_validation_cost", sa.Float(), nullable=True, comment="lowest validation cost so far"),
        sa.Column("best_epoch", sa.Integer(), nullable=True, comment="epoch of the lowest validation cost"),
        sa.Column(
            "best_validation_accuracy",
            sa.Float(),
            nullable=True,
            comment="highest validation accuracy so far; NULL in regression",
        ),
        sa.Column(
            "final_train_cost",
            sa.Float(),
            nullable=True,
            comment="training cost at the last epoch; NULL when it diverged",
        ),
        sa.Column(
            "final_validation_cost",
            sa.Float(),
            nullable=True,
            comment="validation cost at the last epoch; NULL when it diverged",
        ),
        sa.Column("final_train_accuracy", sa.Float(), nullable=True, comment="training accuracy at the last epoch"),
        sa.Column(
            "final_validation_accuracy", sa.Float(), nullable=True, comment="validation accuracy at the last epoch"
        ),
        sa.Column("seconds", sa.Float(), nullable=True, comment="its share of the training time so far"),
        sa.Column(
            "blas_kernel",
            sa.String(length=50),
            nullable=True,
            comment="BLAS kernel that trained it; bits are promised per kernel",
        ),
        sa.Column("machine", sa.JSON(), nullable=True, comment="processor, NumPy, BLAS and threads that trained it"),
        sa.Column("error", sa.Text(), nullable=True, comment="why it failed, or NULL"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True, comment="when its training began (UTC)"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="when it ended (UTC)"),
        sa.Column(
            "mlflow_run_id", sa.String(length=64), nullable=True, comment="MLflow child run, or NULL while not sent"
        ),
        sa.Column("tracked_epoch", sa.Integer(), nullable=False, comment="last epoch MLflow was sent; -1 before any"),
        sa.Column(
            "tracked_state", sa.String(length=20), nullable=True, comment="state that MLflow was last told, or NULL"
        ),
        sa.Column("tracking_error", sa.Text(), nullable=True, comment="why MLflow refuses it for good, or NULL"),
        sa.ForeignKeyConstraint(
            ["configuration_id"], ["configurations.id"], name=op.f("fk_trials_configuration_id_configurations")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_trials_job_id_jobs")),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_trials_sweep_id_sweeps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sa.UniqueConstraint("sweep_id", "number", name=op.f("uq_trials_sweep_id_number")),
        comment="one configuration, one replicate, one training",
    )
    op.create_index(op.f("ix_trials_configuration_id"), "trials", ["configuration_id"], unique=False)
    op.create_index(op.f("ix_trials_job_id"), "trials", ["job_id"], unique=False)
