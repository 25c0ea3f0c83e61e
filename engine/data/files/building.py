"""Turns a table into a data set, or says exactly what stands in the way. Called by `reading`.

Stated rules: input columns that are constant are kept and become 0 by scaling; a class may have a single sample,
which then stays in the training part. Refused: fewer than two samples, one class, a constant target, only constant
inputs, values that are missing or not finite, and class columns that look like measurements.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.data.catalog import Task
from engine.data.dataset import Dataset, classification, regression
from engine.data.files.labels import labels_of
from engine.data.files.table import Table
from engine.errors import InvalidDataset


def build(table: Table, name: str, source: str, task: Task) -> Dataset:
    """The data set; raises `InvalidDataset` naming row and column."""
    _check_shape(table)
    _check_finite(table, table.inputs, table.input_names)
    if (table.inputs == table.inputs[0]).all():
        raise InvalidDataset("every input column is constant: there is nothing to learn from")
    if task == "classification":
        labels, classes = labels_of(table)
        return classification(name, source, table.inputs, labels, classes)
    targets = _values(table)
    _check_finite(table, targets, table.target_names)
    for column in np.flatnonzero((targets == targets[0]).all(axis=0)):
        raise InvalidDataset(f"target {table.target_names[int(column)]} is constant: there is nothing to learn")
    return regression(name, source, table.inputs, targets)


def _check_shape(table: Table) -> None:
    samples = len(table.inputs)
    if len(table.targets) != samples:
        raise InvalidDataset(f"{samples} rows of inputs, but {len(table.targets)} of targets")
    if samples < 2:
        raise InvalidDataset(f"{samples} sample: training and validation need at least one each")


def _check_finite(table: Table, values: NDArray[np.float64], names: Sequence[str]) -> None:
    finite = np.isfinite(values)
    if finite.all():
        return
    row, column = np.argwhere(~finite)[0]
    raise InvalidDataset(
        f"{table.row_name(int(row))}, {names[int(column)]}: {values[row, column]} is not a finite number; "
        "fill it in or leave the row out"
    )


def _values(table: Table) -> NDArray[np.float64]:
    if table.targets.dtype.kind == "f":
        return np.asarray(table.targets, dtype=np.float64)
    raise InvalidDataset("the targets are text, not numbers; is it a classification?")
