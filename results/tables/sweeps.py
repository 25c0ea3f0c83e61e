"""What was asked: data sets, sweeps and their configurations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    literal_column,
    or_,
    text,
)
from sqlalchemy.types import TypeEngine

from engine.hyperparameter_kinds import Integer as IntegerKind
from engine.hyperparameter_kinds import Number
from engine.hyperparameters import HYPERPARAMETERS, Hyperparameter
from results.tables.base import UTCTime, metadata
from sweeps.states import ENDED

datasets = Table(
    "datasets",
    metadata,
    Column("id", Integer, primary_key=True, comment="key"),
    Column("name", String(100), nullable=False, comment="name as sweeps use it, such as digits"),
    Column("digest", String(64), nullable=False, comment="SHA-256 of the content; the same name may get new content"),
    Column("task", String(20), nullable=False, comment="classification or regression"),
    Column("samples", Integer, nullable=False, comment="number of samples, training and validation together"),
    Column("features", Integer, nullable=False, comment="inputs of a network on it"),
    Column("outputs", Integer, nullable=False, comment="outputs of a network on it: classes, or target columns"),
    Column("source", Text, nullable=False, comment="where the data comes from"),
    Column("created_at", UTCTime, nullable=False, comment="when it was first used here (UTC)"),
    UniqueConstraint("name", "digest"),
    comment="data sets by name and content",
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Integer, primary_key=True, comment="key; the sweep's number in the API"),
    Column(
        "uid", String(32), nullable=False, unique=True, comment="random hexadecimal identity, unique across databases"
    ),
    Column("name", String(250), nullable=False, comment="its user's name for it; need not be unique"),
    Column("project", String(250), nullable=False, index=True, comment="project, the experiment in MLflow"),
    Column("method", String(20), nullable=False, comment="grid, random or a search"),
    Column(
        "state",
        String(20),
        nullable=False,
        index=True,
        comment="queued, running, paused, finished, failed or cancelled",
    ),
    Column("wanted", String(20), nullable=False, comment="what its user wants of it: run, pause or cancel"),
    Column("stopped_because", Text, comment="why no more of its trials begin, or NULL: stopped, or target reached"),
    Column("metric_name", String(50), nullable=False, comment="metric the sweep is judged by"),
    Column("metric_goal", String(10), nullable=False, comment="minimize or maximize"),
    Column("metric_target", Float, comment="value that ends the sweep when a trial reaches it, or NULL"),
    Column("replicates", Integer, nullable=False, comment="trainings of each configuration, under different seeds"),
    Column("seed", BigInteger, nullable=False, comment="seed all others are derived from"),
    Column("split_seed", BigInteger, nullable=False, comment="seed of the validation split, shared by all trials"),
    Column("search_seed", BigInteger, nullable=False, comment="seed of the search"),
    Column("validation_fraction", Float, nullable=False, comment="share of the samples held out for validation"),
    Column("targets", JSON, nullable=False, comment="validation costs whose first epoch is recorded for every trial"),
    Column("generation", Integer, nullable=False, comment="proposals made so far; fences adaptive searches"),
    Column("search", String(20), comment="how an adaptive search proposes (tpe, cmaes, ...), or NULL"),
    Column("run_cap", Integer, comment="most configurations, or NULL: the whole grid"),
    Column("search_state", JSON(none_as_null=True), comment="what the search itself keeps between proposals, or NULL"),
    Column("error", Text, comment="why it failed: its search, or the first of its jobs that did; else NULL"),
    Column("document", JSON, nullable=False, comment="the document as it was submitted"),
    Column("notes", JSON, nullable=False, comment="defaults taken and keys ignored, as sentences"),
    Column("configuration_count", Integer, nullable=False, comment="number of configurations"),
    Column("trial_count", Integer, nullable=False, comment="number of trials"),
    Column("job_count", Integer, nullable=False, comment="number of jobs"),
    Column("created_at", UTCTime, nullable=False, index=True, comment="when it was submitted (UTC)"),
    Column("started_at", UTCTime, comment="when its first job was claimed (UTC)"),
    Column("finished_at", UTCTime, comment="when its last job ended (UTC)"),
    Column(
        "idle_seconds",
        Float,
        nullable=False,
        server_default=text("0"),
        comment="how long since it started it had ended or was paused, before it continued",
    ),
    Column("paused_at", UTCTime, comment="when it was paused (UTC), or NULL: it is not"),
    Column("mlflow_experiment_id", String(64), comment="MLflow experiment it was sent to, or NULL"),
    Column("mlflow_run_id", String(64), comment="MLflow parent run, or NULL while not sent"),
    Column("tracked_state", String(20), comment="state that MLflow was last told, or NULL"),
    Column("tracked_artifacts", UTCTime, comment="finished_at of the end whose artifacts MLflow was sent, or NULL"),
    Column("model_sha256", String(64), comment="SHA-256 of its model's files as MLflow was sent them, or NULL"),
    Column("tracking_error", Text, comment="why MLflow refuses it for good, or NULL"),
    Column(
        "tracking_doubt",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="whether MLflow, which lost another sweep's run, is still to be asked for this one's",
    ),
    comment="what users submitted",
)

# Partial indices for the tracker, whose passes must not read what MLflow has. A query finds one where it repeats its
# condition word for word, so that states are written out instead of being bound.
_ENDED: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in sorted(ENDED)]
SWEEP_UNSENT = and_(
    sweeps.c.tracking_error.is_(None),
    or_(
        sweeps.c.tracked_state.is_(None),
        sweeps.c.tracked_state != sweeps.c.state,
        sweeps.c.tracked_state.not_in(_ENDED),
    ),
)
ARTIFACTS_UNSENT = and_(
    sweeps.c.tracking_error.is_(None),
    sweeps.c.mlflow_run_id.is_not(None),
    sweeps.c.finished_at.is_not(None),
    sweeps.c.state.in_(_ENDED),
    sweeps.c.tracked_state == sweeps.c.state,
    or_(sweeps.c.tracked_artifacts.is_(None), sweeps.c.tracked_artifacts != sweeps.c.finished_at),
)
SWEEP_SENT = and_(sweeps.c.tracking_error.is_(None), sweeps.c.mlflow_run_id.is_not(None))
IN_DOUBT = sweeps.c.tracking_doubt
Index("ix_sweeps_unsent", sweeps.c.id, sqlite_where=SWEEP_UNSENT, postgresql_where=SWEEP_UNSENT)
Index(
    "ix_sweeps_artifacts_unsent",
    sweeps.c.mlflow_experiment_id,
    sweeps.c.id,
    sqlite_where=ARTIFACTS_UNSENT,
    postgresql_where=ARTIFACTS_UNSENT,
)
Index("ix_sweeps_sent", sweeps.c.id, sqlite_where=SWEEP_SENT, postgresql_where=SWEEP_SENT)
Index("ix_sweeps_in_doubt", sweeps.c.id, sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT)

submissions = Table(
    "submissions",
    metadata,
    Column("sweep_id", Integer, primary_key=True, autoincrement=False, comment="key that its sweep will have"),
    Column("renewed_at", UTCTime, nullable=False, comment="when rows of it were last stored (UTC)"),
    Column("extends", Integer, comment="sweep that it extends, or NULL: it will be a new one"),
    Column(
        "extension",
        JSON(none_as_null=True),
        comment="what the sweep becomes, once that is certain: it is completed, whatever happens; NULL: not yet",
    ),
    Column("extended_to", Integer, comment="how many trials are queued to continue, or NULL: none"),
    comment="large sweeps that SQLite is storing in parts; rows without a row in `sweeps` are of these",
)


def _column_type(entry: Hyperparameter) -> TypeEngine[Any]:
    if isinstance(entry.kind, IntegerKind):
        return Integer()
    if isinstance(entry.kind, Number):
        return Float()
    return Text()  # names as they are; lists, such as layers, as JSON text


def _meaning(entry: Hyperparameter) -> str:
    return f"{entry.meaning}; NULL: {entry.default_text}" if entry.optional else entry.meaning


HYPERPARAMETER_COLUMNS = tuple(
    Column(entry.name, _column_type(entry), nullable=entry.optional, comment=_meaning(entry))
    for entry in HYPERPARAMETERS.values()
)

configurations = Table(
    "configurations",
    metadata,
    Column("id", Integer, primary_key=True, comment="key"),
    Column("sweep_id", ForeignKey("sweeps.id"), nullable=False, comment="its sweep"),
    Column("number", Integer, nullable=False, comment="place in the sweep, from 0"),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False, comment="its data set, with content"),
    Column("parameter_count", Integer, nullable=False, comment="weights and biases of its network"),
    Column("hyperparameters", JSON, nullable=False, comment="every hyperparameter by name"),
    Column(
        "generation", Integer, nullable=False, server_default="0", comment="proposal it came with; 0 unless searched"
    ),
    Column("search_state", JSON(none_as_null=True), comment="its point as the search sees it, or NULL"),
    *HYPERPARAMETER_COLUMNS,
    UniqueConstraint("sweep_id", "number"),
    comment="points of the search spaces, seeds excluded; one typed column per hyperparameter",
)
