"""Loads the built-in data sets by name. Called by the worker and the benchmarks; refuses names not in the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

from engine.data import generated
from engine.data.catalog import BUILT_IN
from engine.data.dataset import Dataset, classification, regression
from engine.errors import InvalidDataset

__all__ = ["Dataset", "load"]

_CLASSES: dict[str, Callable[..., tuple[NDArray[np.float64], NDArray[np.int64]]]] = {
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
}
_GENERATED: dict[str, Callable[[], generated.Points]] = {
    "xor": generated.xor,
    "moons": generated.moons,
    "circles": generated.circles,
    "spirals": generated.spirals,
}


@lru_cache(maxsize=len(BUILT_IN) or 1)
def load(name: str) -> Dataset:
    """The built-in data set of this name, cached; its arrays are read-only. Raises `InvalidDataset`."""
    if name not in BUILT_IN:
        raise InvalidDataset(f"{name!r} is not a data set; known are {', '.join(BUILT_IN)}")
    source = BUILT_IN[name].source
    if name == "diabetes":
        # Unscaled: the scaled form is computed, so that its last bits would differ between hosts.
        inputs, values = datasets.load_diabetes(return_X_y=True, scaled=False)
        return regression(name, source, inputs, values[:, np.newaxis])
    if name in _GENERATED:
        inputs, labels = _GENERATED[name]()
    else:
        inputs, labels = _CLASSES[name](return_X_y=True)
    classes = tuple(str(label) for label in range(int(labels.max()) + 1))
    return classification(name, source, inputs, labels, classes)
