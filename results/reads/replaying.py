"""What it takes to train a sweep's trials once more: their configurations, seeds and data, and what trained them.

Called by `worker.verifying` and by `backsweep verify`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.trials import Trial
from results.errors import NoSuchSweep
from results.hyperparameter_columns import configuration_from
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import trials


@dataclass(frozen=True)
class StoredTrial:
    """A trial with a curve: epochs 0 to `last_epoch` are stored; `kernel`: the BLAS kernel that trained it."""

    trial_id: int
    number: int
    trial: Trial
    last_epoch: int
    kernel: str
    dataset_digest: str


@dataclass(frozen=True)
class StoredSweep:
    """A sweep's split, and those of its trials that have a curve, by number."""

    split_seed: int
    validation_fraction: float
    trials: tuple[StoredTrial, ...]


def kernels(connection: Connection, sweep_id: int) -> Mapping[str, int]:
    """The BLAS kernels that trained the sweep, with their numbers of trials; raises `NoSuchSweep`."""
    _sweep(connection, sweep_id)
    kernel = func.coalesce(trials.c.blas_kernel, "")
    query = select(kernel, func.count()).where(trials.c.sweep_id == sweep_id, trials.c.epochs_recorded >= 0)
    rows = connection.execute(query.group_by(kernel).order_by(kernel))
    return {str(name): int(count) for name, count in rows}


def stored(connection: Connection, sweep_id: int, kernel: str) -> StoredSweep:
    """The sweep with its trials that this kernel trained; raises `NoSuchSweep`."""
    split_seed, validation_fraction = _sweep(connection, sweep_id)
    query = (
        select(
            trials.c.id,
            trials.c.number,
            trials.c.init_seed,
            trials.c.data_seed,
            trials.c.epochs_recorded,
            configurations.c.hyperparameters,
            datasets.c.digest,
        )
        .select_from(trials.join(configurations).join(datasets))
        .where(trials.c.sweep_id == sweep_id, trials.c.epochs_recorded >= 0)
        .where(func.coalesce(trials.c.blas_kernel, "") == kernel)
        .order_by(trials.c.number)
    )
    found = tuple(
        StoredTrial(
            trial_id=row.id,
            number=row.number,
            trial=Trial(configuration_from(row.hyperparameters), row.init_seed, row.data_seed),
            last_epoch=row.epochs_recorded,
            kernel=kernel,
            dataset_digest=row.digest,
        )
        for row in connection.execute(query)
    )
    return StoredSweep(split_seed, validation_fraction, found)


def _sweep(connection: Connection, sweep_id: int) -> tuple[int, float]:
    query = select(sweeps.c.split_seed, sweeps.c.validation_fraction).where(sweeps.c.id == sweep_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NoSuchSweep(sweep_id)
    return row.split_seed, row.validation_fraction
