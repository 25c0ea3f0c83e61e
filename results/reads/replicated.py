"""Configurations with the curves of all their replicates: what bands and comparisons across sweeps are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from comparison.axes import Axis, Replicate, Replicated
from engine.data.catalog import DatasetFacts
from engine.hyperparameters import configuration
from engine.operations import epoch_operations
from engine.shapes import layer_sizes, training_samples
from results.complete_ends import of_result, state_of_result
from results.hyperparameter_columns import values_from
from results.reads.series import nullable, series
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import epochs, trials

_SEEDS_AND_END = ("init_seed", "data_seed", "state", "completed_epochs", "outcome", "diverged_epoch")
_TRIAL = [trials.c[name] for name in ("id", "configuration_id", "replicate", *_SEEDS_AND_END)]
_PLACES = {Axis.UPDATES: ("updates",), Axis.SECONDS: ("epoch_seconds",)}
_FACTS = ("name", "task", "samples", "features", "outputs", "digest", "source")


@dataclass(frozen=True)
class EpochWork:
    """Training samples seen, and floating-point operations done, in one epoch of a trial."""

    samples: int
    operations: int


def numbers_after(connection: Connection, sweep_id: int, after: int, limit: int, most_epochs: int) -> list[int]:
    """Numbers of the sweep's configurations above `after`, ascending: at most `limit`, and always one if there is one.

    No more than whose trials fit into `most_epochs` epochs altogether.
    """
    counted = func.sum(trials.c.epochs_recorded + 1)
    query = (
        select(configurations.c.number, counted)
        .select_from(configurations.join(trials))
        .where(configurations.c.sweep_id == sweep_id, configurations.c.number > after)
        .group_by(configurations.c.number)
        .order_by(configurations.c.number)
        .limit(limit)
    )
    found: list[int] = []
    total = 0
    for number, recorded in connection.execute(query):
        total += int(recorded)
        if total > most_epochs and found:
            break
        found.append(number)
    return found


def replicated(
    connection: Connection, sweep_id: int, numbers: Collection[int], metric: str, axis: Axis
) -> list[Replicated]:
    """These configurations of the sweep with the curves of this metric, in the order of their numbers.

    Of updates and seconds only those are read that the axis is made of; the others are empty. Numbers that the sweep
    does not have are left out.
    """
    rows = _rows(connection, sweep_id, numbers)
    curves = _replicates(connection, [row.id for row in rows], metric, axis)
    return [_configuration(sweep_id, row, curves[row.id]) for row in rows]


def epoch_work(connection: Connection, sweep_id: int, numbers: Collection[int]) -> dict[int, EpochWork]:
    """How much work an epoch is, by the number of the configuration."""
    return {row.number: _work(row) for row in _rows(connection, sweep_id, numbers)}


def _rows(connection: Connection, sweep_id: int, numbers: Collection[int]) -> Sequence[Row[Any]]:
    query = (
        select(
            configurations.c.id,
            configurations.c.number,
            configurations.c.hyperparameters,
            sweeps.c.validation_fraction,
            sweeps.c.split_seed,
            *(datasets.c[name].label("dataset_" + name) for name in _FACTS),
        )
        .select_from(configurations.join(sweeps).join(datasets))
        .where(configurations.c.sweep_id == sweep_id, configurations.c.number.in_(numbers))
        .order_by(configurations.c.number)
    )
    return connection.execute(query).all()


def _work(row: Row[Any]) -> EpochWork:
    facts = DatasetFacts(**{name: row._mapping["dataset_" + name] for name in _FACTS})
    whole = configuration(values_from(row.hyperparameters))
    samples = training_samples(facts.samples, row.validation_fraction)
    return EpochWork(samples, epoch_operations(layer_sizes(whole, facts), whole, samples).total)


def _configuration(sweep_id: int, row: Row[Any], replicates: Sequence[Replicate]) -> Replicated:
    work = _work(row)
    return Replicated(
        sweep_id=sweep_id,
        configuration_number=row.number,
        values=values_from(row.hyperparameters),
        dataset=(row.dataset_name, row.dataset_digest),
        split=(row.validation_fraction, row.split_seed),
        samples_per_epoch=work.samples,
        operations_per_epoch=work.operations,
        replicates=tuple(replicates),
    )


def _replicates(connection: Connection, ids: Sequence[int], metric: str, axis: Axis) -> dict[int, list[Replicate]]:
    within = trials.c.configuration_id.in_(ids)
    points = series(connection, epochs, list({metric, *_PLACES.get(axis, ())}), within, of_result(epochs))
    columns: dict[str, dict[int, Any]] = {name: points.of_trials(name) for name in points.columns}
    found: dict[int, list[Replicate]] = defaultdict(list)
    for trial in connection.execute(select(*_TRIAL).where(within).order_by(trials.c.replicate)):
        told = {name: nullable(column[trial.id]) for name, column in columns.items()}
        found[trial.configuration_id].append(
            Replicate(
                trial_id=trial.id,
                number=trial.replicate,
                seeds=(trial.replicate, trial.init_seed, trial.data_seed),
                state=state_of_result(trial),
                outcome=trial.outcome,
                diverged_epoch=trial.diverged_epoch,
                values=told[metric],
                updates=told.get("updates", ()),
                epoch_seconds=told.get("epoch_seconds", ()),
            )
        )
    return found
