"""Splits a data set into a training and a validation part and scales both.

Called by the worker before training. The split depends on the data set, the fraction and the split seed alone, so
every trial of a sweep sees the same one. Refuses sets of fewer than two samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.data import scaling as scalers
from engine.data.catalog import DatasetFacts
from engine.data.dataset import Dataset
from engine.data.scaling import Scaler
from engine.errors import InvalidDataset

Number = TypeVar("Number", bound=np.generic)

# Second half of the Philox key: separates the split's draws from those of other purposes under the same seed.
_PURPOSE = int.from_bytes(b"split", "big")


@dataclass(frozen=True, eq=False)
class SplitData:
    """Both parts, scaled, in the training's precision, C-contiguous and read-only.

    Inputs are (samples, features), targets (samples, outputs), labels (samples,) int64 or None in regression. The
    scalers lead back to raw units; the targets' is None when classifying.
    """

    facts: DatasetFacts
    train_inputs: NDArray[np.floating]
    train_targets: NDArray[np.floating]
    train_labels: NDArray[np.int64] | None
    validation_inputs: NDArray[np.floating]
    validation_targets: NDArray[np.floating]
    validation_labels: NDArray[np.int64] | None
    input_scaler: Scaler | None = None
    target_scaler: Scaler | None = None


def split(
    dataset: Dataset, validation_fraction: float, split_seed: int, scaling: str = "min_max", precision: str = "float32"
) -> SplitData:
    """Training and validation part of the data set; raises `InvalidDataset`.

    `scaling` (min_max, standard, none) of the inputs and the min-max scaling of regression targets are fitted on the
    training part; a target that is constant there is only moved to 0. `precision`: float32 or float64.
    """
    train, validation = _indices(dataset, validation_fraction, split_seed)
    input_scaler = scalers.fit(scaling, dataset.inputs[train])
    target_scaler = None if dataset.labels is not None else scalers.fit("min_max", dataset.targets[train], 1.0)
    inputs = _cast(input_scaler.scale(dataset.inputs), precision)
    targets = _cast(dataset.targets if target_scaler is None else target_scaler.scale(dataset.targets), precision)
    labels = dataset.labels
    return SplitData(
        dataset.facts,
        _part(inputs, train),
        _part(targets, train),
        None if labels is None else _part(labels, train),
        _part(inputs, validation),
        _part(targets, validation),
        None if labels is None else _part(labels, validation),
        input_scaler,
        target_scaler,
    )


def validation_samples(samples: int, validation_fraction: float) -> int:
    """How many samples the validation part gets: the fraction, rounded half up, and at least one in either part."""
    if samples < 2:
        raise InvalidDataset(f"{samples} sample: training and validation need at least one each")
    if not 0 < validation_fraction < 1:
        raise ValueError(f"validation_fraction must lie between 0 and 1, not be {validation_fraction}")
    return min(max(1, int(validation_fraction * samples + 0.5)), samples - 1)


def _indices(dataset: Dataset, fraction: float, split_seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of both parts, ascending: the data set's own order; each epoch shuffles the training part anyway."""
    samples = len(dataset.inputs)
    wanted = validation_samples(samples, fraction)
    # Raw 64-bit draws, sorted: a stream that NumPy keeps stable, unlike `Generator.permutation`.
    draws = np.random.Philox(key=[split_seed, _PURPOSE]).random_raw(samples)
    order = np.argsort(draws, kind="stable")
    groups = np.zeros(samples, dtype=np.int64) if dataset.labels is None else dataset.labels
    chosen = np.zeros(samples, dtype=bool)
    for group, count in enumerate(_shares(np.bincount(groups), wanted)):
        chosen[order[groups[order] == group][:count]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def _shares(counts: NDArray[np.int64], wanted: int) -> list[int]:
    """How many of `wanted` samples each class gives: largest remainder, ties to the lower class.

    A class gives its last training sample only where no other can give one instead.
    """
    total = int(counts.sum())
    shares = [int(count) * wanted // total for count in counts]
    order = sorted(
        (group for group, count in enumerate(counts) if shares[group] < count),
        key=lambda group: (shares[group] + 1 >= counts[group], -(int(counts[group]) * wanted % total), group),
    )
    for group in order[: wanted - sum(shares)]:
        shares[group] += 1
    return shares


def _cast(values: NDArray[np.float64], precision: DTypeLike) -> NDArray[np.floating]:
    with np.errstate(over="ignore"):
        cast: NDArray[np.floating] = values.astype(precision)
    if not np.isfinite(cast).all():
        raise InvalidDataset(f"values beyond {precision}: choose min_max scaling or precision float64")
    return cast


def _part(values: NDArray[Number], indices: NDArray[np.intp]) -> NDArray[Number]:
    part = np.ascontiguousarray(values[indices])
    part.setflags(write=False)
    return part
