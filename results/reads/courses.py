"""A trial's course as its figures are computed from it: its curve, and what an epoch of it is. Called by the API."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, select

from comparison.curves.course import Course
from engine.data.catalog import DatasetFacts
from engine.operations import Operations, epoch_operations
from engine.shapes import layer_sizes, training_samples
from results.errors import NoSuchTrial
from results.hyperparameter_columns import configuration_from
from results.reads.curves import of_result_of
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import trials

_FACTS = [field.name for field in fields(DatasetFacts)]


def course(connection: Connection, trial_id: int) -> Course:
    """The course to its last complete end, or so far; empty before epoch 0; raises `NoSuchTrial`."""
    row = connection.execute(_query(trial_id)).one_or_none()
    if row is None:
        raise NoSuchTrial(trial_id)
    samples, operations = _of_epoch(row)
    rows = of_result_of(connection, trial_id)
    return Course(
        updates=tuple(epoch.updates for epoch in rows),
        train_cost=tuple(epoch.train_cost for epoch in rows),
        validation_cost=tuple(epoch.validation_cost for epoch in rows),
        epoch_seconds=tuple(epoch.epoch_seconds for epoch in rows),
        samples_per_epoch=samples,
        operations_per_epoch=operations,
    )


def _query(trial_id: int) -> Any:
    facts = [datasets.c[name].label(f"dataset_{name}") for name in _FACTS]
    joined = trials.join(configurations, trials.c.configuration_id == configurations.c.id).join(datasets)
    return (
        select(configurations.c.hyperparameters, sweeps.c.validation_fraction, *facts)
        .select_from(joined.join(sweeps, trials.c.sweep_id == sweeps.c.id))
        .where(trials.c.id == trial_id)
    )


def _of_epoch(row: Row[Any]) -> tuple[int, Operations]:
    """Training samples and arithmetic of one epoch of the trial."""
    facts = DatasetFacts(**{name: row._mapping[f"dataset_{name}"] for name in _FACTS})
    whole = configuration_from(row.hyperparameters)
    samples = training_samples(facts.samples, row.validation_fraction)
    return samples, epoch_operations(layer_sizes(whole, facts), whole, samples)
