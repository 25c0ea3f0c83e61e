"""A loaded data set: facts and arrays. Made by `loading` (built-in sets) and `files` (a user's own)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.catalog import DatasetFacts, Task


@dataclass(frozen=True, eq=False)
class Dataset:
    """One data set, unscaled and unsplit; the arrays are read-only.

    `inputs` (samples, features) and `targets` (samples, outputs) are float64; targets are one-hot or values.
    `labels` (samples,) int64: the class of each sample, None in regression. `classes`: the name of each class in the
    order of its column, empty in regression.
    """

    facts: DatasetFacts
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...] = ()


def classification(
    name: str, source: str, inputs: NDArray[np.float64], labels: NDArray[np.int64], classes: tuple[str, ...]
) -> Dataset:
    """A data set of classes from inputs (samples, features) and labels (samples,) in [0, len(classes))."""
    targets = one_hot(labels, len(classes))
    facts = _facts(name, "classification", source, inputs, targets)
    labels = np.ascontiguousarray(labels, dtype=np.int64)
    labels.setflags(write=False)
    return Dataset(facts, _frozen(inputs), _frozen(targets), labels, classes)


def regression(name: str, source: str, inputs: NDArray[np.float64], targets: NDArray[np.float64]) -> Dataset:
    """A data set of values from inputs (samples, features) and targets (samples, outputs)."""
    facts = _facts(name, "regression", source, inputs, targets)
    return Dataset(facts, _frozen(inputs), _frozen(targets), None)


def one_hot(labels: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """(samples, classes): 1 in the column of each sample's class, else 0."""
    targets = np.zeros((len(labels), classes))
    targets[np.arange(len(labels)), labels] = 1.0
    return targets


def digest(inputs: NDArray[np.float64], targets: NDArray[np.float64]) -> str:
    """SHA-256, in hexadecimal, of the shapes and the little-endian float64 bytes of inputs and targets."""
    hashed = hashlib.sha256()
    for array in (inputs, targets):
        hashed.update(repr(array.shape).encode())
        hashed.update(np.ascontiguousarray(array, dtype="<f8").data)
    return hashed.hexdigest()


def _facts(
    name: str, task: Task, source: str, inputs: NDArray[np.float64], targets: NDArray[np.float64]
) -> DatasetFacts:
    return DatasetFacts(name, task, len(inputs), inputs.shape[1], targets.shape[1], digest(inputs, targets), source)


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """A read-only, C-contiguous float64 array: a loaded set is shared by all who asked for it."""
    array = np.ascontiguousarray(array, dtype=np.float64)
    array.setflags(write=False)
    return array
