"""Cost curves: a trial's, with its layers, or those of a sweep, column by column. Called by the worker and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from results.complete_ends import of_result
from results.errors import InvalidQuery
from results.reads.series import nullable, series
from results.tables.sweeps import configurations
from results.tables.trials import epochs, layer_epochs, trials
from results.values import EpochRow, LayerRow, SweepCurve

METRICS = (
    "train_cost",
    "validation_cost",
    "train_accuracy",
    "validation_accuracy",
    "gradient_norm",
    "epoch_seconds",
    "updates",
)


def of_trial(connection: Connection, trial_id: int) -> list[EpochRow]:
    """The trial's curve, epoch 0 first; empty when there is none."""
    query = select(epochs).where(epochs.c.trial_id == trial_id).order_by(epochs.c.epoch)
    return [EpochRow(*row) for row in connection.execute(query)]


def of_result_of(connection: Connection, trial_id: int) -> list[EpochRow]:
    """The curve that the trial's results are of: up to its last complete end, where an extension has gone further."""
    query = select(epochs).join(trials).where(epochs.c.trial_id == trial_id, of_result(epochs))
    query = query.order_by(epochs.c.epoch)
    return [EpochRow(*row) for row in connection.execute(query)]


def layers_of_trial(connection: Connection, trial_id: int) -> list[LayerRow]:
    """The health of the trial's layers, by epoch, then by layer."""
    query = select(layer_epochs).where(layer_epochs.c.trial_id == trial_id)
    return [LayerRow(*row) for row in connection.execute(query.order_by(layer_epochs.c.epoch, layer_epochs.c.layer))]


def of_sweep(
    connection: Connection,
    sweep_id: int,
    metrics: Sequence[str] = ("validation_cost",),
    after: int = -1,
    limit: int | None = None,
    most_epochs: int | None = None,
) -> list[SweepCurve]:
    """The curves of the sweep's trials with numbers above `after`, by number, with these columns (see `METRICS`).

    At most `limit` trials, and no more than fit into `most_epochs` epochs altogether, but always one, if there is one:
    the number of the last is the `after` of the next page. Trials without any epoch are there, empty.
    """
    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise InvalidQuery(f"{unknown[0]!r} is not a metric of an epoch; there are {', '.join(METRICS)}")
    chosen = _fitting(_trials(connection, sweep_id, after, limit), most_epochs)
    if not chosen:
        return []
    within = (trials.c.sweep_id == sweep_id) & trials.c.number.between(chosen[0].number, chosen[-1].number)
    points = series(connection, epochs, ["epoch", *metrics], within)
    columns = {name: points.of_trials(name) for name in points.columns}
    return [_curve(row, columns, metrics) for row in chosen]


def _trials(connection: Connection, sweep_id: int, after: int, limit: int | None) -> list[Row[Any]]:
    query = (
        select(
            trials.c.id,
            trials.c.number,
            configurations.c.number.label("configuration_number"),
            trials.c.replicate,
            trials.c.epochs_recorded,
        )
        .select_from(trials.join(configurations))
        .where(trials.c.sweep_id == sweep_id, trials.c.number > after)
        .order_by(trials.c.number)
    )
    return list(connection.execute(query.limit(limit)))


def _fitting(rows: Sequence[Row[Any]], most_epochs: int | None) -> Sequence[Row[Any]]:
    if most_epochs is None:
        return rows
    total = 0
    for place, row in enumerate(rows):
        total += row.epochs_recorded + 1
        if total > most_epochs and place > 0:
            return rows[:place]
    return rows


def _curve(trial: Row[Any], columns: Mapping[str, Mapping[int, Any]], metrics: Sequence[str]) -> SweepCurve:
    return SweepCurve(
        trial_id=trial.id,
        number=trial.number,
        configuration_number=trial.configuration_number,
        replicate=trial.replicate,
        epochs=tuple(columns["epoch"][trial.id].tolist()),
        values={name: tuple(nullable(columns[name][trial.id])) for name in metrics},
    )
