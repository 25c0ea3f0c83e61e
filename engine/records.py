"""Puts what the arrays of a training measured into one record per epoch, in the order of the trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engine.evaluation import Scores
from engine.norms import corrected
from engine.trials import EpochRecords, LayerRecords


@dataclass(frozen=True, eq=False)
class Measured:
    """One array's scores and gradient norms (trials, weight layers and slopes), None at epoch 0."""

    positions: tuple[int, ...]
    train: Scores
    validation: Scores
    gradient_norms: NDArray[np.float64] | None
    layers: LayerRecords | None


def records(epoch: int, updates: int, measured: Sequence[Measured], seconds: float) -> EpochRecords:
    """The record of an epoch; a trial whose training cost is not finite is marked diverged.

    Its costs and accuracies become NaN; so does a validation cost that is not finite, with its accuracy.
    """
    trials = np.array([position for one in measured for position in one.positions], dtype=np.int64)
    order = np.argsort(trials)
    train_cost = np.concatenate([one.train.cost for one in measured])[order]
    diverged = ~np.isfinite(train_cost)
    validation_cost = np.concatenate([one.validation.cost for one in measured])[order]
    validation_cost[diverged] = np.nan
    train_accuracy = np.concatenate([one.train.accuracy for one in measured])[order]
    validation_accuracy = np.concatenate([one.validation.accuracy for one in measured])[order]
    return EpochRecords(
        epoch=epoch,
        updates=updates,
        trials=trials[order],
        train_cost=_finite(train_cost),
        validation_cost=_finite(validation_cost),
        train_accuracy=np.where(diverged, np.nan, train_accuracy),
        validation_accuracy=np.where(np.isfinite(validation_cost), validation_accuracy, np.nan),
        gradient_norm=_finite(np.concatenate([_whole_norms(one) for one in measured])[order]),
        seconds=seconds,
        diverged=diverged,
        layers=_layers(measured, order),
    )


def _layers(measured: Sequence[Measured], order: NDArray[np.intp]) -> LayerRecords | None:
    """The layers of all trials, in their order; None where they were not wanted."""
    wanted = [one.layers for one in measured if one.layers is not None]
    if not wanted:
        return None
    names = [field.name for field in fields(LayerRecords)]
    return LayerRecords(**{name: np.concatenate([getattr(one, name) for one in wanted])[order] for name in names})


def _whole_norms(measured: Measured) -> NDArray[np.float64]:
    """(trials,): the norm over all layers; NaN at epoch 0."""
    if measured.gradient_norms is None:
        return np.full(len(measured.positions), np.nan)
    squares = np.zeros(len(measured.positions))
    with np.errstate(all="ignore"):
        for layer in measured.gradient_norms.T:
            squares += layer * layer
        return corrected(np.sqrt(squares), squares, measured.gradient_norms)


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN in place of infinities."""
    return np.where(np.isfinite(values), values, np.nan)
