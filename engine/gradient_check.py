"""Checks backpropagation against finite differences, for any configuration, through the engine's own front door.

Called by people through the command line, and by tests. What is checked is the training itself, not a copy of its
formulas: see `gradient_check_differences`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.data.loading import load
from engine.data.splitting import SplitData, split
from engine.gradient_check_differences import STEP, TOLERANCE, Arrays, analytic_gradient, numeric_gradient
from engine.hyperparameters import Configuration
from engine.training import Training
from engine.trials import Trial


@dataclass(frozen=True)
class ArrayCheck:
    """Weights, biases or slope of one layer.

    `relative_error`: |a - n| / max(|a|, |n|), Euclidean norms over the `checked` numbers of the analytic gradient a
    and the numeric one n (Stanford CS231n, "Gradient checks", which sees trouble above 1e-4 and is content below
    1e-7). `resolution`: how far off differences may be by rounding alone, as a norm. `too_small`: the gradient is so
    small, and the two so close, that rounding explains all of the relative error, which then proves nothing.
    """

    layer: int
    kind: str
    checked: int
    relative_error: float
    gradient_norm: float
    resolution: float
    too_small: bool

    @property
    def passed(self) -> bool:
        """Whether both gradients agree as far as differences can tell."""
        return self.too_small or self.relative_error <= TOLERANCE


@dataclass(frozen=True)
class GradientCheck:
    """The check of one configuration: its cost on the sample, L2 penalty included, and every array of parameters."""

    cost: float
    samples: int
    arrays: tuple[ArrayCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether every array passed."""
        return all(one.passed for one in self.arrays)


def gradient_check(
    configuration: Configuration,
    data: SplitData,
    init_seed: int = 0,
    data_seed: int = 0,
    *,
    samples: int = 16,
    numbers: int = 40,
    arrays: Mapping[str, NDArray[np.floating]] | None = None,
) -> GradientCheck:
    """Compares gradients on `samples` of the training data, for up to `numbers` parameters of each array.

    In float64, with the configuration's own initialisation (or `arrays`, named as in `TrialState`), cost, L2 and
    dropout, whose masks are the same in every pass; optimiser, schedule and clipping play no part. Raises
    `InvalidHyperparameter` where cost and data do not go together.
    """
    trial = Trial(_plain(configuration, samples), init_seed, data_seed)
    sample = _sample(data, samples)
    given = Training([trial], sample, layer_health=False).states()[0].arrays if arrays is None else arrays
    start: Arrays = {name: np.array(one, dtype=np.float64) for name, one in given.items()}
    cost, analytic = analytic_gradient(trial, sample, start)
    checks = []
    for name in start:
        chosen = _spread_out(start[name].size, numbers)
        numeric = numeric_gradient(
            trial, sample, start, [(name, index) for index in chosen], analytic[name].flat[chosen]
        )
        checks.append(_compare(name, analytic[name].flat[chosen], numeric, cost))
    return GradientCheck(cost, len(sample.train_inputs), tuple(checks))


def check_configuration(
    configuration: Configuration,
    init_seed: int = 0,
    data_seed: int = 0,
    split_seed: int = 0,
    validation_fraction: float = 0.2,
) -> GradientCheck:
    """`gradient_check` on the built-in data set that the configuration names; raises `InvalidDataset` for others."""
    dataset = load(configuration.dataset)
    data = split(dataset, validation_fraction, split_seed, configuration.scaling, "float64")
    return gradient_check(configuration, data, init_seed, data_seed)


def _plain(configuration: Configuration, samples: int) -> Configuration:
    """One update per epoch, and that update the negative gradient."""
    return replace(
        configuration,
        optimizer="sgd",
        learning_rate=1.0,
        schedule="constant",
        schedule_warmup=0,
        clip_norm=None,
        batch_size=samples,
        epochs=1,
        precision="float64",
        cost_recording="running_mean",
    )


def _sample(data: SplitData, samples: int) -> SplitData:
    """Training samples at even distances, so that all classes of a sorted set occur."""
    rows = _spread_out(len(data.train_inputs), samples)
    return replace(
        data,
        train_inputs=np.ascontiguousarray(data.train_inputs[rows], dtype=np.float64),
        train_targets=np.ascontiguousarray(data.train_targets[rows], dtype=np.float64),
        train_labels=None if data.train_labels is None else data.train_labels[rows],
        validation_inputs=np.asarray(data.validation_inputs[:1], dtype=np.float64),
        validation_targets=np.asarray(data.validation_targets[:1], dtype=np.float64),
        validation_labels=None if data.validation_labels is None else data.validation_labels[:1],
    )


def _spread_out(length: int, wanted: int) -> list[int]:
    """Up to `wanted` different indices below `length`, the first and the last among them."""
    return sorted({int(index) for index in np.linspace(0, length - 1, min(wanted, length)).round()})


def _compare(name: str, analytic: NDArray[np.float64], numeric: NDArray[np.float64], cost: float) -> ArrayCheck:
    kind, _, layer = name.partition("_")
    difference = float(np.linalg.norm(analytic - numeric))
    norm = float(max(np.linalg.norm(analytic), np.linalg.norm(numeric)))
    # A difference of two costs carries the rounding of a few operations on numbers of their size.
    resolution = 8 * float(np.finfo(np.float64).eps) * abs(cost) / STEP * sqrt(len(analytic))
    return ArrayCheck(
        layer=int(layer),
        kind=kind,
        checked=len(analytic),
        relative_error=difference / norm if norm else 0.0,
        gradient_norm=float(np.linalg.norm(analytic)),
        resolution=resolution,
        too_small=norm < resolution / TOLERANCE and difference <= resolution,
    )
