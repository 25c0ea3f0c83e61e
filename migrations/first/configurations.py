"""The points of the search spaces: `configurations`, as the first migration makes it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def create_configurations() -> None:
    """Create the table."""
    op.create_table(
        "configurations",
        sa.Column("id", sa.Integer(), nullable=False, comment="key"),
        sa.Column("sweep_id", sa.Integer(), nullable=False, comment="its sweep"),
        sa.Column("number", sa.Integer(), nullable=False, comment="place in the sweep, from 0"),
        sa.Column("dataset_id", sa.Integer(), nullable=False, comment="its data set, with content"),
        sa.Column("parameter_count", sa.Integer(), nullable=False, comment="weights and biases of its network"),
        sa.Column("hyperparameters", sa.JSON(), nullable=False, comment="every hyperparameter by name"),
        sa.Column("dataset", sa.Text(), nullable=False, comment="the data set to learn"),
        sa.Column(
            "layers",
            sa.Text(),
            nullable=False,
            comment=("units of each hidden layer; the sizes of input and output follow from the data set"),
        ),
        sa.Column(
            "activation",
            sa.Text(),
            nullable=False,
            comment="activation function of the hidden layers, one for all or one per layer",
        ),
        sa.Column(
            "activation_slope",
            sa.Float(),
            nullable=True,
            comment=(
                "slope for negative inputs of leaky ReLU, initial slope of PReLU, alpha of ELU; "
                "NULL: 0.01 for leaky ReLU, 0.25 for PReLU, 1 for ELU"
            ),
        ),
        sa.Column(
            "output_activation",
            sa.Text(),
            nullable=True,
            comment=(
                "activation function of the output layer; NULL: softmax for cross_entropy, "
                "sigmoid for binary_cross_entropy; for the squares sigmoid when classifying, "
                "identity in regression"
            ),
        ),
        sa.Column("cost", sa.Text(), nullable=False, comment="the cost that is minimised"),
        sa.Column("initialization", sa.Text(), nullable=False, comment="how the weights are drawn before training"),
        sa.Column(
            "initialization_scale",
            sa.Float(),
            nullable=True,
            comment=(
                "standard deviation of normal, limit of uniform, value of constant, gain of the "
                "others; NULL: 0.1 for normal, uniform and constant, a gain of 1 for the others"
            ),
        ),
        sa.Column("initial_bias", sa.Float(), nullable=False, comment="value of every bias before training"),
        sa.Column("optimizer", sa.Text(), nullable=False, comment="the rule that turns gradients into updates"),
        sa.Column("learning_rate", sa.Float(), nullable=False, comment="eta: the step along the negative gradient"),
        sa.Column(
            "momentum", sa.Float(), nullable=False, comment="share of the last update kept by momentum and Nesterov"
        ),
        sa.Column("beta1", sa.Float(), nullable=False, comment="Adam's decay of the mean gradient"),
        sa.Column(
            "beta2",
            sa.Float(),
            nullable=True,
            comment=("decay of the mean squared gradient in Adam and RMSprop; NULL: 0.999 for Adam, 0.99 for RMSprop"),
        ),
        sa.Column(
            "epsilon",
            sa.Float(),
            nullable=False,
            comment="added to the root of the squared gradients in AdaGrad, RMSprop and Adam",
        ),
        sa.Column("schedule", sa.Text(), nullable=False, comment="how the learning rate changes over the epochs"),
        sa.Column(
            "schedule_epochs", sa.Integer(), nullable=False, comment="epochs between two steps of the step schedule"
        ),
        sa.Column(
            "schedule_factor",
            sa.Float(),
            nullable=False,
            comment="factor per step of the step schedule, per epoch of the exponential one",
        ),
        sa.Column(
            "schedule_floor",
            sa.Float(),
            nullable=False,
            comment="share of the learning rate at which the cosine schedule ends",
        ),
        sa.Column(
            "schedule_warmup",
            sa.Integer(),
            nullable=False,
            comment="epochs of linear warm-up before the schedule begins",
        ),
        sa.Column("batch_size", sa.Integer(), nullable=False, comment="samples of a mini-batch"),
        sa.Column("epochs", sa.Integer(), nullable=False, comment="passes over the training set"),
        sa.Column(
            "l2",
            sa.Float(),
            nullable=False,
            comment="weight of the penalty l2/2 times the sum of squared weights, biases excluded",
        ),
        sa.Column("dropout", sa.Float(), nullable=False, comment="share of hidden activations dropped in each update"),
        sa.Column(
            "clip_norm",
            sa.Float(),
            nullable=True,
            comment=("largest norm of a trial's whole gradient; longer ones are scaled down; NULL: no clipping"),
        ),
        sa.Column(
            "scaling", sa.Text(), nullable=False, comment="how inputs are scaled, fitted on the training part alone"
        ),
        sa.Column("precision", sa.Text(), nullable=False, comment="floating-point type of the training"),
        sa.Column(
            "cost_recording",
            sa.Text(),
            nullable=False,
            comment=(
                "whether the recorded training cost is taken over the whole set at the end of "
                "the epoch, or is the running mean over the epoch's mini-batches"
            ),
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_configurations_dataset_id_datasets")),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_configurations_sweep_id_sweeps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configurations")),
        sa.UniqueConstraint("sweep_id", "number", name=op.f("uq_configurations_sweep_id_number")),
        comment="points of the search spaces, seeds excluded; one typed column per hyperparameter",
    )
