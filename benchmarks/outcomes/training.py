"""Trains the causes with this project's own engine and gives their curves. Used by the benchmark and by tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.outcomes.causes import Cause
from comparison.curve import Curve
from engine.data.baseline import constant_predictor_cost
from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.training import Training
from engine.trials import Trial

SPLIT_SEED = 5


def curves_of(cause: Cause, seeds: Sequence[int]) -> Iterator[Curve]:
    """Every setting at every rate under every seed."""
    for setting in cause.settings:
        yield from trained(setting, cause.rates, seeds, cause.validation_fraction)


def trained(
    setting: Mapping[str, Any], rates: Sequence[float], seeds: Sequence[int], validation_fraction: float = 0.2
) -> list[Curve]:
    """The curves of one setting, all trained in one array, by rate and then by seed."""
    whole = configuration(setting)
    data = split(load(whole.dataset), validation_fraction, SPLIT_SEED, whole.scaling, whole.precision)
    trials = [
        Trial(configuration({**setting, "learning_rate": rate}), seed, seed + 1000) for rate in rates for seed in seeds
    ]
    rows: list[list[tuple[float | None, ...]]] = [[] for _ in trials]
    updates = 0
    with np.errstate(all="ignore"):
        for record in Training(trials, data, layer_health=False).epochs():
            columns = (record.train_cost, record.validation_cost, record.gradient_norm)
            for position, *numbers in zip(record.trials, *columns, strict=True):
                rows[position].append(tuple(float(number) if np.isfinite(number) else None for number in numbers))
            updates = record.updates // max(1, record.epoch)
    constant = constant_predictor_cost(data, whole.cost)
    return [Curve(train, validation, constant, norm, updates) for train, validation, norm in map(_columns, rows)]


def _columns(rows: list[tuple[float | None, ...]]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(zip(*rows, strict=True))
