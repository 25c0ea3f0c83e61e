"""The digests of a sweep's trials once more, after an extension gave them other epochs. Used by `extending`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from engine.trials import Trial
from engine.version import NUMERICS
from results.hyperparameter_columns import configuration_from
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import trials
from sweeps.digests import Data, trial_digest


def read(connection: Connection, sweep_id: int, numbers: range | None = None) -> list[Row[Any]]:
    """What the digests of a sweep's trials, or of those with these numbers, follow from, in the order of locks."""
    query: Select[Any] = (
        select(
            *(trials.c[name] for name in ("id", "init_seed", "data_seed", "digest", "machine")),
            configurations.c.hyperparameters,
            datasets.c.digest.label("data_digest"),
            datasets.c.task,
            datasets.c.samples,
            sweeps.c.validation_fraction,
            sweeps.c.split_seed,
        )
        .select_from(trials.join(configurations).join(datasets).join(sweeps, sweeps.c.id == trials.c.sweep_id))
        .where(trials.c.sweep_id == sweep_id)
        .order_by(trials.c.id)
    )
    if numbers is not None:
        query = query.where(trials.c.number.between(numbers.start, numbers.stop - 1))
    return list(connection.execute(query))


def store(connection: Connection, digests: Mapping[int, str | None]) -> None:
    """Store digests by the keys of their trials."""
    rows = [{"of_trial": key, "anew": digest} for key, digest in digests.items()]
    statement = update(trials).where(trials.c.id == bindparam("of_trial")).values(digest=bindparam("anew"))
    if rows:
        connection.execute(statement, rows)


def anew(row: Row[Any], epochs: int | None) -> str | None:
    """The digest of a trial with that many epochs; none for what another version of the numerics has begun."""
    began_elsewhere = row.machine is not None and row.machine.get("numerics") != NUMERICS
    if row.digest is None or began_elsewhere:
        return None
    trial = Trial(configuration_from({**row.hyperparameters, "epochs": epochs}), row.init_seed, row.data_seed)
    data = Data(row.data_digest, row.task, row.validation_fraction, row.split_seed, row.samples)
    return trial_digest(trial, data)
