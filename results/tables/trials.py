"""What was done: jobs, trials, the epochs they reached, and the states they can go on from."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    literal_column,
    or_,
)

from results.tables.base import UTCTime, metadata
from results.tables.measures import Measure

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, comment="key; the only thing a queue message carries"),
    Column("sweep_id", ForeignKey("sweeps.id"), nullable=False, comment="its sweep"),
    Column("number", Integer, nullable=False, comment="place in the sweep, from 0"),
    Column("state", String(20), nullable=False, comment="queued, running, finished, failed or cancelled"),
    Column("attempt", Integer, nullable=False, comment="how often it was claimed; with the key the fencing token"),
    Column("max_attempts", Integer, nullable=False, comment="attempts after which it fails"),
    Column("owner", String(200), comment="host and process that holds it, or NULL"),
    Column("lease_seconds", Measure, comment="how long its owner may give no sign of life, or NULL"),
    Column(
        "lease_expires_at",
        UTCTime,
        comment="its owner's last sign of life plus lease_seconds (UTC), or NULL; whether it changes is what counts",
    ),
    Column(
        "advanced",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="whether the present attempt has recorded an epoch; then it does not count, however it ends",
    ),
    Column("last_sent_at", UTCTime, comment="when its message was last put on the queue (UTC), or NULL"),
    Column("trial_count", Integer, nullable=False, comment="trials trained in one array"),
    Column("estimated_seconds", Measure, nullable=False, comment="planner's estimate of its time on one core"),
    Column("error", Text, comment="why the last attempt ended badly, or NULL"),
    Column("created_at", UTCTime, nullable=False, comment="when it was planned (UTC)"),
    Column("started_at", UTCTime, comment="when it was first claimed (UTC)"),
    Column("finished_at", UTCTime, comment="when it ended (UTC)"),
    UniqueConstraint("sweep_id", "number"),
    Index("ix_jobs_state_lease_expires_at", "state", "lease_expires_at"),
    comment="what is queued, claimed and retried: trials of equal shape in one array",
)

trials = Table(
    "trials",
    metadata,
    Column("id", Integer, primary_key=True, comment="key; the trial's number in the API"),
    Column("sweep_id", ForeignKey("sweeps.id"), nullable=False, comment="its sweep"),
    Column(
        "configuration_id", ForeignKey("configurations.id"), nullable=False, index=True, comment="its configuration"
    ),
    Column("job_id", ForeignKey("jobs.id"), nullable=False, index=True, comment="the job that trains it"),
    Column("number", Integer, nullable=False, comment="place in the sweep, from 0"),
    Column("replicate", Integer, nullable=False, comment="which seed of its configuration, from 0"),
    Column("init_seed", BigInteger, nullable=False, comment="seed of the weights; the same for a replicate everywhere"),
    Column(
        "data_seed",
        BigInteger,
        nullable=False,
        comment="seed of the mini-batch order; the same for a replicate everywhere",
    ),
    Column(
        "digest",
        String(64),
        index=True,
        comment="SHA-256 of configuration, data, seeds and engine; NULL: stored before there was one",
    ),
    Column(
        "reused_from",
        ForeignKey("trials.id"),
        comment="trial of another sweep whose results it took over, or NULL: trained for its own",
    ),
    Column(
        "state",
        String(20),
        nullable=False,
        comment="what is being done: queued, running, finished, pruned, failed or cancelled",
    ),
    Column(
        "completed_epochs",
        Integer,
        comment="epochs of its last complete end (finished or pruned), which outcome, best, final and seconds are of; "
        "NULL: none yet, they are of its curve so far",
    ),
    Column("completed_at", UTCTime, comment="when that was (UTC), or NULL"),
    Column("outcome", String(20), comment="what the curve did (docs: outcomes); NULL before epoch 2"),
    Column(
        "outcome_epoch",
        Integer,
        comment="epoch at which the outcome was reached (docs: outcomes); NULL: none yet, or it still descends",
    ),
    Column(
        "epochs_recorded",
        Integer,
        nullable=False,
        comment="last epoch stored; -1 before epoch 0; beyond completed_epochs while an extension trains",
    ),
    Column("diverged_epoch", Integer, comment="epoch at which its cost was no longer finite, or NULL"),
    Column("best_train_cost", Measure, comment="lowest training cost so far"),
    Column("best_validation_cost", Measure, comment="lowest validation cost so far"),
    Column("best_epoch", Integer, comment="epoch of the lowest validation cost"),
    Column("best_validation_accuracy", Measure, comment="highest validation accuracy so far; NULL in regression"),
    Column("final_train_cost", Measure, comment="training cost at the last epoch; NULL when it diverged"),
    Column("final_validation_cost", Measure, comment="validation cost at the last epoch; NULL when it diverged"),
    Column("final_train_accuracy", Measure, comment="training accuracy at the last epoch"),
    Column("final_validation_accuracy", Measure, comment="validation accuracy at the last epoch"),
    Column("seconds", Measure, comment="its share of the training time so far"),
    Column("blas_kernel", String(50), comment="BLAS kernel that trained it; bits are promised per kernel"),
    Column("machine", JSON(none_as_null=True), comment="processor, NumPy, BLAS and threads that trained it"),
    Column("error", Text, comment="why it failed, or (finished) why its extension did, or NULL"),
    Column("started_at", UTCTime, comment="when its training began (UTC)"),
    Column("finished_at", UTCTime, comment="when it ended (UTC)"),
    Column("mlflow_run_id", String(64), comment="MLflow child run, or NULL while not sent"),
    Column("tracked_epoch", Integer, nullable=False, comment="last epoch MLflow was sent; -1 before any"),
    Column("tracked_state", String(20), comment="state that MLflow was last told, or NULL"),
    Column("tracking_error", Text, comment="why MLflow refuses it for good, or NULL"),
    UniqueConstraint("sweep_id", "number"),
    comment="one configuration, one replicate, one training",
)

# What MLflow lacks of a trial that has begun; one that ended without has no run there. As `results.tables.sweeps`'s
# conditions it is repeated word for word by the queries that use its index.
TRIAL_UNSENT = and_(
    trials.c.tracking_error.is_(None),
    or_(trials.c.started_at.is_not(None), trials.c.epochs_recorded >= literal_column("0")),
    or_(
        trials.c.tracked_epoch < trials.c.epochs_recorded,
        trials.c.tracked_state.is_(None),
        trials.c.tracked_state != trials.c.state,
    ),
)
Index(
    "ix_trials_unsent",
    trials.c.sweep_id,
    trials.c.tracked_epoch,
    trials.c.id,
    sqlite_where=TRIAL_UNSENT,
    postgresql_where=TRIAL_UNSENT,
)

epochs = Table(
    "epochs",
    metadata,
    Column("trial_id", ForeignKey("trials.id"), primary_key=True, comment="its trial"),
    Column("epoch", Integer, primary_key=True, autoincrement=False, comment="epoch; 0 is before the first update"),
    Column("updates", Integer, nullable=False, comment="updates (mini-batches) done by then"),
    Column("train_cost", Measure, comment="cost over the whole training set at the end of the epoch; NULL: not finite"),
    Column(
        "validation_cost",
        Measure,
        comment="cost over the whole validation set, likewise",
    ),
    Column("train_accuracy", Measure, comment="share of the training set classified right; NULL in regression"),
    Column("validation_accuracy", Measure, comment="share of the validation set classified right; NULL in regression"),
    Column(
        "gradient_norm", Measure, comment="root mean square norm of the epoch's mini-batch gradients; NULL at epoch 0"
    ),
    Column("epoch_seconds", Measure, nullable=False, comment="the job's time for the epoch over its live trials"),
    Column("recorded_at", UTCTime, nullable=False, comment="when the worker recorded it (UTC)"),
    comment="one row of a cost curve, from epoch 0 without gap",
)

layer_epochs = Table(
    "layer_epochs",
    metadata,
    Column("trial_id", ForeignKey("trials.id"), primary_key=True, comment="its trial"),
    Column("epoch", Integer, primary_key=True, autoincrement=False, comment="epoch; 0 is before the first update"),
    Column(
        "layer", Integer, primary_key=True, autoincrement=False, comment="weight layer, from 1; the last is the output"
    ),
    Column("gradient_norm", Measure, comment="root mean square norm of the layer's mini-batch gradients"),
    Column("weight_norm", Measure, comment="norm of its weights and biases"),
    Column("update_ratio", Measure, comment="norm of the epoch's change over the weight norm"),
    Column("activation_mean", Measure, comment="mean activation over the training set"),
    Column("activation_deviation", Measure, comment="standard deviation of the activations over the training set"),
    Column("saturated_share", Measure, comment="share of units that are saturated"),
    Column("dead_share", Measure, comment="share of units that are dead"),
    comment="health of every weight layer, epoch by epoch",
)

trial_targets = Table(
    "trial_targets",
    metadata,
    Column("trial_id", ForeignKey("trials.id"), primary_key=True, comment="its trial"),
    Column("target", Measure, primary_key=True, comment="validation cost to reach"),
    Column("epoch", Integer, nullable=False, comment="first epoch at or below it; no row: never reached"),
    comment="epochs to each target",
)

decisions = Table(
    "decisions",
    metadata,
    Column("trial_id", ForeignKey("trials.id"), primary_key=True, comment="its trial"),
    Column("epoch", Integer, primary_key=True, autoincrement=False, comment="epoch at which it was decided"),
    Column("rule", String(20), nullable=False, comment="rule of early termination that decided"),
    Column("value", Measure, comment="the metric's value that was judged; NULL: not finite"),
    Column("threshold", Measure, comment="value that it was held against, or NULL where the rule has none"),
    Column("verdict", String(10), nullable=False, comment="continue or stop"),
    Column("audited", Boolean, nullable=False, comment="whether it went on although the verdict was stop"),
    Column("decided_at", UTCTime, nullable=False, comment="when it was decided (UTC)"),
    comment="decisions of early termination, made once and repeated when a trial is trained again",
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("trial_id", ForeignKey("trials.id"), primary_key=True, comment="its trial"),
    Column("epoch", Integer, nullable=False, comment="epoch the state stands at"),
    Column("final", Boolean, nullable=False, comment="whether the trial had ended"),
    Column("state", LargeBinary, nullable=False, comment="weights and optimiser state, an uncompressed NPZ archive"),
    Column("saved_at", UTCTime, nullable=False, comment="when it was saved (UTC)"),
    Column(
        "earlier_epoch",
        Integer,
        comment="epoch of the state saved before, or NULL where there is none or the trial has ended",
    ),
    Column(
        "earlier_state",
        LargeBinary,
        comment="the state saved before, to go on from where the latest is damaged",
    ),
    comment="the latest state of each trial: to resume, extend and save it",
)
