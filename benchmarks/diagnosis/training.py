"""Real trainings of a configuration, and the evidence that a diagnosis of one takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from statistics import median

import numpy as np

from comparison.curve import Curve
from comparison.diagnosis.evidence import Evidence, Recorded
from comparison.outcome import outcome
from engine.data.baseline import constant_predictor_cost
from engine.data.loading import load
from engine.data.splitting import split
from engine.health import LayerHealth
from engine.hyperparameters import Configuration
from engine.training import Training
from engine.trials import EpochRecords, Trial

SPLIT_SEED = 11
FRACTION = 0.2
REPLICATES = 3


@dataclass(frozen=True)
class Trained:
    """`evidence` of replicate 0. `best_cost`: median over replicates of the lowest finite validation cost."""

    evidence: Evidence
    best_cost: float

    @property
    def bad(self) -> bool:
        """Diverged, stuck, oscillating, or near the constant predictor: what the diagnosis is for."""
        return self.evidence.suffers


def train(configuration: Configuration) -> Trained:
    """The trainings of all replicates in one array."""
    dataset = load(configuration.dataset)
    data = split(dataset, FRACTION, SPLIT_SEED, configuration.scaling, configuration.precision)
    trials = [Trial(configuration, seed, 1000 + seed) for seed in range(REPLICATES)]
    epochs = list(Training(trials, data).epochs())
    constant = constant_predictor_cost(data, configuration.cost)
    best = [_best(epochs, replicate) for replicate in range(REPLICATES)]
    evidence = Evidence(trials[0], dataset, FRACTION, SPLIT_SEED, recorded(epochs, 0, constant))
    return Trained(evidence, median(best))


def recorded(epochs: list[EpochRecords], trial: int, constant_cost: float) -> Recorded:
    """The record of one trial of a training."""
    rows = [(one, int(np.flatnonzero(one.trials == trial)[0])) for one in epochs if trial in one.trials]
    train = tuple(_finite(one.train_cost[row]) for one, row in rows)
    validation = tuple(_finite(one.validation_cost[row]) for one, row in rows)
    last, row = rows[-1]
    assert last.layers is not None
    return Recorded(
        outcome=outcome(Curve(train, validation, constant_cost)),
        train_cost=train,
        validation_cost=validation,
        gradient_norm=tuple(_finite(one.gradient_norm[row]) for one, row in rows),
        layers_of_epoch_1=_layers(*rows[1]) if len(rows) > 1 else (),
        weight_norms=tuple(_finite(norm) for norm in last.layers.weight_norm[row]),
    )


def _layers(epoch: EpochRecords, row: int) -> tuple[LayerHealth, ...]:
    found = epoch.layers
    assert found is not None
    columns = (found.gradient_norm, found.update_ratio, found.saturated_share, found.dead_share)
    numbers = zip(*(column[row] for column in columns), strict=True)
    return tuple(LayerHealth(*map(_finite, layer)) for layer in numbers)


def _best(epochs: list[EpochRecords], trial: int) -> float:
    costs = [float(one.validation_cost[one.trials == trial][0]) for one in epochs if trial in one.trials]
    return min((cost for cost in costs if isfinite(cost)), default=inf)


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
