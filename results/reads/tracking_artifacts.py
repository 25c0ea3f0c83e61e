"""What the artifacts of ended sweeps are made of: which are due, the document, the curves, the best trial's weights.

Read by `tracking.artifacts`, after the metrics were sent. Curves come thinned, so that a sweep of any size fits a page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from engine.hyperparameters import Configuration
from results.hyperparameter_columns import configuration_from
from results.reads.tracking_rows import tracked_sweep
from results.reads.tracking_values import TrackedSweep
from results.tables.sweeps import ARTIFACTS_UNSENT, configurations, datasets, sweeps
from results.tables.trials import checkpoints, epochs, trials
from results.values import EpochRow

_CHUNK = 500  # ids in one IN (...)


@dataclass(frozen=True)
class BestTrial:
    """The trial that a picture and a model are made of; `state`: its last checkpoint as bytes, None: it has none."""

    trial_id: int
    number: int
    replicate: int
    configuration_number: int
    configuration: Configuration
    dataset_name: str
    dataset_digest: str
    best_epoch: int | None
    run_id: str | None  # None: MLflow refused it
    state: bytes | None


@dataclass(frozen=True)
class ThinnedCurve:
    """Epochs, ascending, with both costs; None: not finite."""

    epochs: tuple[int, ...]
    train_costs: tuple[float | None, ...]
    validation_costs: tuple[float | None, ...]


def lacks_artifacts(connection: Connection) -> bool:
    """Whether some sweep that has ended has not the artifacts of that end in MLflow."""
    return connection.execute(select(sweeps.c.id).where(ARTIFACTS_UNSENT).limit(1)).first() is not None


def experiments_without_artifacts(connection: Connection) -> list[str]:
    """The MLflow experiments of those sweeps."""
    query = select(sweeps.c.mlflow_experiment_id).where(ARTIFACTS_UNSENT).distinct()
    return [found for found in connection.execute(query).scalars() if found is not None]


def sweeps_without_artifacts(connection: Connection, experiment_ids: Sequence[str], most: int) -> list[TrackedSweep]:
    """Those sweeps of these experiments, newest first.

    A sweep that was retried or extended ends at another time, so it is among them again.
    """
    due = sweeps.c.mlflow_experiment_id.in_(experiment_ids) & ARTIFACTS_UNSENT
    query = select(sweeps).where(due).order_by(sweeps.c.id.desc()).limit(most)
    return [tracked_sweep(row) for row in connection.execute(query)]


def sweep_without_artifacts(connection: Connection, sweep_id: int) -> TrackedSweep | None:
    """The sweep as it is now; None where it lacks none."""
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id, ARTIFACTS_UNSENT)).one_or_none()
    return None if row is None else tracked_sweep(row)


def document(connection: Connection, sweep_id: int) -> Mapping[str, Any]:
    """The sweep's document, with what extensions made of it."""
    query = select(sweeps.c.document).where(sweeps.c.id == sweep_id)
    return dict(connection.execute(query).scalar_one())


def best_trial(connection: Connection, trial_id: int) -> BestTrial:
    """The trial with this key."""
    columns = (trials.c.id, trials.c.number, trials.c.replicate, trials.c.best_epoch, trials.c.mlflow_run_id)
    query = (
        select(
            *columns,
            configurations.c.number.label("configuration_number"),
            configurations.c.hyperparameters,
            datasets.c.name,
            datasets.c.digest,
            _of_result(),
        )
        .select_from(trials.join(configurations).join(datasets).outerjoin(checkpoints))
        .where(trials.c.id == trial_id)
    )
    row = connection.execute(query).one()
    return BestTrial(
        trial_id=row.id,
        number=row.number,
        replicate=row.replicate,
        configuration_number=row.configuration_number,
        configuration=configuration_from(row.hyperparameters),
        dataset_name=row.name,
        dataset_digest=row.digest,
        best_epoch=row.best_epoch,
        run_id=row.mlflow_run_id,
        state=row.state,
    )


def _of_result() -> ColumnElement[bytes | None]:
    """The state that the trial's result is of: while it is extended, the one kept beside the latest."""
    kept = checkpoints.c.earlier_epoch == trials.c.completed_epochs
    return case((checkpoints.c.final, checkpoints.c.state), (kept, checkpoints.c.earlier_state)).label("state")


def epoch_row(connection: Connection, trial_id: int, epoch: int) -> EpochRow | None:
    """One epoch of the trial's curve."""
    row = connection.execute(select(epochs).where(epochs.c.trial_id == trial_id, epochs.c.epoch == epoch)).one_or_none()
    return None if row is None else EpochRow(*row)


def curves(connection: Connection, trial_ids: Sequence[int], most_epochs: int) -> Mapping[int, ThinnedCurve]:
    """The curves of these trials, each with about `most_epochs` epochs, evenly spaced, its first and its last one."""
    longest = max((_longest(connection, ids) for ids in _chunks(trial_ids)), default=0)
    stride = max(1, -(-longest // most_epochs))
    wanted = or_(epochs.c.epoch % stride == 0, epochs.c.epoch == trials.c.epochs_recorded)
    found: dict[int, list[Any]] = defaultdict(list)
    for ids in _chunks(trial_ids):
        query = (
            select(epochs.c.trial_id, epochs.c.epoch, epochs.c.train_cost, epochs.c.validation_cost)
            .select_from(epochs.join(trials))
            .where(epochs.c.trial_id.in_(ids), wanted)
            .order_by(epochs.c.trial_id, epochs.c.epoch)
        )
        for trial_id, *row in connection.execute(query):
            found[trial_id].append(row)
    return {trial_id: ThinnedCurve(*zip(*rows, strict=True)) for trial_id, rows in found.items()}


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK))


def _longest(connection: Connection, ids: Sequence[int]) -> int:
    return connection.execute(select(func.max(trials.c.epochs_recorded)).where(trials.c.id.in_(ids))).scalar() or 0
