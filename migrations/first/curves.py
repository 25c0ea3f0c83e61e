"""What the trials leave: epochs, layers, targets and checkpoints, as the first migration makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def create_epochs() -> None:
    """Create the table."""
    op.create_table(
        "epochs",
        sa.Column("trial_id", sa.Integer(), nullable=False, comment="its trial"),
        sa.Column(
            "epoch", sa.Integer(), autoincrement=False, nullable=False, comment="epoch; 0 is before the first update"
        ),
        sa.Column("updates", sa.Integer(), nullable=False, comment="updates (mini-batches) done by then"),
        sa.Column(
            "train_cost",
            sa.Float(),
            nullable=True,
            comment="cost over the whole training set at the end of the epoch; NULL: not finite",
        ),
        sa.Column("validation_cost", sa.Float(), nullable=True, comment="cost over the whole validation set, likewise"),
        sa.Column(
            "train_accuracy",
            sa.Float(),
            nullable=True,
            comment="share of the training set classified right; NULL in regression",
        ),
        sa.Column(
            "validation_accuracy",
            sa.Float(),
            nullable=True,
            comment="share of the validation set classified right; NULL in regression",
        ),
        sa.Column(
            "gradient_norm",
            sa.Float(),
            nullable=True,
            comment="root mean square norm of the epoch's mini-batch gradients; NULL at epoch 0",
        ),
        sa.Column(
            "epoch_seconds", sa.Float(), nullable=False, comment="the job's time for the epoch over its live trials"
        ),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), nullable=False, comment="when the worker recorded it (UTC)"
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trials.id"], name=op.f("fk_epochs_trial_id_trials")),
        sa.PrimaryKeyConstraint("trial_id", "epoch", name=op.f("pk_epochs")),
        comment="one row of a cost curve, from epoch 0 without gap",
    )


def create_layer_epochs() -> None:
    """Create the table."""
    op.create_table(
        "layer_epochs",
        sa.Column("trial_id", sa.Integer(), nullable=False, comment="its trial"),
        sa.Column(
            "epoch", sa.Integer(), autoincrement=False, nullable=False, comment="epoch; 0 is before the first update"
        ),
        sa.Column(
            "layer",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="weight layer, from 1; the last is the output",
        ),
        sa.Column(
            "gradient_norm",
            sa.Float(),
            nullable=True,
            comment="root mean square norm of the layer's mini-batch gradients",
        ),
        sa.Column("weight_norm", sa.Float(), nullable=True, comment="norm of its weights and biases"),
        sa.Column("update_ratio", sa.Float(), nullable=True, comment="norm of the epoch's change over the weight norm"),
        sa.Column("activation_mean", sa.Float(), nullable=True, comment="mean activation over the training set"),
        sa.Column(
            "activation_deviation",
            sa.Float(),
            nullable=True,
            comment="standard deviation of the activations over the training set",
        ),
        sa.Column("saturated_share", sa.Float(), nullable=True, comment="share of units that are saturated"),
        sa.Column("dead_share", sa.Float(), nullable=True, comment="share of units that are dead"),
        sa.ForeignKeyConstraint(["trial_id"], ["trials.id"], name=op.f("fk_layer_epochs_trial_id_trials")),
        sa.PrimaryKeyConstraint("trial_id", "epoch", "layer", name=op.f("pk_layer_epochs")),
        comment="health of every weight layer, epoch by epoch",
    )


def create_trial_targets() -> None:
    """Create the table."""
    op.create_table(
        "trial_targets",
        sa.Column("trial_id", sa.Integer(), nullable=False, comment="its trial"),
        sa.Column("target", sa.Float(), nullable=False, comment="validation cost to reach"),
        sa.Column("epoch", sa.Integer(), nullable=False, comment="first epoch at or below it; no row: never reached"),
        sa.ForeignKeyConstraint(["trial_id"], ["trials.id"], name=op.f("fk_trial_targets_trial_id_trials")),
        sa.PrimaryKeyConstraint("trial_id", "target", name=op.f("pk_trial_targets")),
        comment="epochs to each target",
    )


def create_checkpoints() -> None:
    """Create the table."""
    op.create_table(
        "checkpoints",
        sa.Column("trial_id", sa.Integer(), nullable=False, comment="its trial"),
        sa.Column("epoch", sa.Integer(), nullable=False, comment="epoch the state stands at"),
        sa.Column("final", sa.Boolean(), nullable=False, comment="whether the trial had ended"),
        sa.Column(
            "state",
            sa.LargeBinary(),
            nullable=False,
            comment="weights and optimiser state, an uncompressed NPZ archive",
        ),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False, comment="when it was saved (UTC)"),
        sa.ForeignKeyConstraint(["trial_id"], ["trials.id"], name=op.f("fk_checkpoints_trial_id_trials")),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_checkpoints")),
        comment="the latest state of each trial: to resume, extend and save it",
    )
