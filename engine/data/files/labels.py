"""Classes from target columns: names in one column, numbers in one column, or one-hot columns. Called by `building`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.files.table import Table
from engine.errors import InvalidDataset

Labels = tuple[NDArray[np.int64], tuple[str, ...]]

_MOST_CLASSES = 1000


def labels_of(table: Table) -> Labels:
    """(samples,) class numbers and the classes' names; numbers sort by value, names alphabetically."""
    labels, classes = _one_hot_columns(table) if table.targets.shape[1] > 1 else _one_column(table)
    if len(classes) < 2:
        raise InvalidDataset(f"only one class ({classes[0]}): there is nothing to tell apart")
    if len(classes) > min(_MOST_CLASSES, len(labels) // 2 + 1):
        raise InvalidDataset(
            f"{len(classes)} classes in {len(labels)} samples: these look like measurements; is it a regression?"
        )
    return labels, classes


def _one_column(table: Table) -> Labels:
    column = table.targets[:, 0]
    if column.dtype.kind == "U":
        column = _as_numbers_if_all_are(np.asarray(column, dtype=np.str_))
    if column.dtype.kind == "f" and not np.isfinite(column).all():
        row = int(np.argmin(np.isfinite(column)))
        raise InvalidDataset(f"{table.row_name(row)}: the class is {column[row]}; fill it in or leave the row out")
    values, labels = np.unique(column, return_inverse=True)
    names = tuple(str(value) if isinstance(value, str) else f"{value:g}" for value in values)
    return labels.astype(np.int64), names


def _as_numbers_if_all_are(texts: NDArray[np.str_]) -> NDArray[np.str_] | NDArray[np.float64]:
    """So that 1, 1.0 and 01 are one class, and 10 comes after 9."""
    try:
        numbers = texts.astype(np.float64)
    except ValueError:
        return texts
    return numbers if np.isfinite(numbers).all() else texts


def _one_hot_columns(table: Table) -> Labels:
    columns = table.targets
    if columns.dtype.kind != "f":
        raise InvalidDataset("several target columns must be one-hot numbers, or one column must hold the classes")
    wrong = ~(((columns == 0) | (columns == 1)).all(axis=1) & (columns.sum(axis=1) == 1))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidDataset(f"{table.row_name(row)}: the target columns are not one-hot (one 1, all others 0)")
    if len(used := np.flatnonzero(columns.any(axis=0))) < 2:
        return np.zeros(len(columns), dtype=np.int64), (table.target_names[used[0]],)
    return columns.argmax(axis=1).astype(np.int64), tuple(table.target_names)
