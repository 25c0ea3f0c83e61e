"""What a trial's diagnosis rests on, from its rows. Called by the API.

The data set is loaded anew, and must be the one that the trial was trained on.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from comparison.diagnosis.evidence import Evidence, Recorded
from engine.data.catalog import BUILT_IN
from engine.data.loading import load
from engine.health import LayerHealth
from engine.hyperparameters import configuration
from engine.trials import Trial
from results.complete_ends import epochs_of_result
from results.reads import curves
from results.reads.trials import find
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import layer_epochs, trials
from results.values import EpochRow, LayerRow

FEWEST_EPOCHS = 2  # after epoch 0: before, there is no outcome


def evidence_of(connection: Connection, trial_id: int) -> Evidence | str:
    """The evidence of a trial, or a sentence that says why there is none; raises `NoSuchTrial`."""
    view = find(connection, trial_id)
    if view.epochs_recorded < FEWEST_EPOCHS and view.diverged_epoch is None:
        return f"The trial has no epoch {FEWEST_EPOCHS} yet: there is nothing to diagnose."
    query = (
        select(sweeps.c.validation_fraction, sweeps.c.split_seed, datasets.c.name, datasets.c.digest)
        .select_from(trials.join(sweeps).join(configurations, trials.c.configuration_id == configurations.c.id))
        .join(datasets, configurations.c.dataset_id == datasets.c.id)
        .where(trials.c.id == trial_id)
    )
    row = connection.execute(query).one()
    if row.name not in BUILT_IN or BUILT_IN[row.name].digest != row.digest:
        return f"The data set {row.name} is not here as it was when the trial was trained."
    whole = configuration(view.hyperparameters)
    layers = _layers(connection, trial_id, (1, epochs_of_result(view)))
    recorded = _recorded(view.outcome, curves.of_result_of(connection, trial_id), layers)
    trial = Trial(whole, view.init_seed, view.data_seed)
    return Evidence(trial, load(row.name), row.validation_fraction, row.split_seed, recorded)


def _layers(connection: Connection, trial_id: int, epochs: tuple[int, ...]) -> list[LayerRow]:
    """Of these epochs alone: a long training has very many."""
    query = select(layer_epochs).where(layer_epochs.c.trial_id == trial_id, layer_epochs.c.epoch.in_(epochs))
    return [LayerRow(*row) for row in connection.execute(query.order_by(layer_epochs.c.epoch, layer_epochs.c.layer))]


def _recorded(outcome: str | None, curve: Sequence[EpochRow], rows: Sequence[LayerRow]) -> Recorded:
    last = max((row.epoch for row in rows), default=0)
    return Recorded(
        outcome=outcome,
        train_cost=tuple(row.train_cost for row in curve),
        validation_cost=tuple(row.validation_cost for row in curve),
        gradient_norm=tuple(row.gradient_norm for row in curve),
        layers_of_epoch_1=tuple(_health(row) for row in rows if row.epoch == 1),
        weight_norms=tuple(row.weight_norm for row in rows if row.epoch == last),
    )


def _health(row: LayerRow) -> LayerHealth:
    return LayerHealth(row.gradient_norm, row.update_ratio, row.saturated_share, row.dead_share)
