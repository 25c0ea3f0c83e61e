"""What every format is read into before it becomes a data set: inputs, targets, and where each row came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import InvalidDataset


@dataclass(frozen=True, eq=False)
class Table:
    """`inputs` (samples, features) float64; `targets` (samples, columns) float64, or (samples, 1) text of classes.

    `row_name` and the columns' names are for messages, so that a user finds the faulty cell.
    """

    inputs: NDArray[np.float64]
    targets: NDArray[np.float64] | NDArray[np.str_]
    row_name: Callable[[int], str]
    input_names: Sequence[str]
    target_names: Sequence[str]


def row_number(row: int) -> str:
    """The name of a row in formats without lines, counted from 1 as columns are."""
    return f"row {row + 1}"


def column_numbers(count: int, what: str = "column") -> list[str]:
    """Names of columns that have none."""
    return [f"{what} {number}" for number in range(1, count + 1)]


def check_size(shape: Sequence[int], item_size: int, limit_bytes: int, what: str) -> None:
    """Refuses an array too large to hold, as it is or as float64, before any memory is taken for it."""
    needed = prod(shape) * max(item_size, 8)
    if needed > limit_bytes:
        raise InvalidDataset(f"{what} would take {needed} bytes; the limit is {limit_bytes}")


def as_numbers(values: NDArray[Any], what: str) -> NDArray[np.float64]:
    """Any array of real numbers as (samples, columns) float64; further axes (an image's) are laid side by side."""
    if values.dtype.kind not in "biuf":
        raise InvalidDataset(f"{what} holds {values.dtype}, not real numbers")
    if values.ndim == 0 or 0 in values.shape:
        raise InvalidDataset(f"{what} of shape {values.shape} is empty; it needs one row per sample")
    return values.reshape(len(values), -1).astype(np.float64)


def pick_targets(wanted: Sequence[str | int], names: Sequence[str], count: int) -> list[int]:
    """Indices (from 0) of the target columns; `names` is empty where there is no header."""
    picked = [_index(one, names, count) for one in wanted]
    if len(set(picked)) != len(picked):
        raise InvalidDataset("a target column is named twice")
    if not picked or len(picked) == count:
        raise InvalidDataset(
            f"{len(picked)} of {count} columns are targets; at least one target and one input are needed"
        )
    return picked


def _index(wanted: str | int, names: Sequence[str], count: int) -> int:
    if isinstance(wanted, str):
        if wanted in names:
            return list(names).index(wanted)
        there = f"the columns are {', '.join(map(repr, names[:20]))}" if names else "there are no column names"
        raise InvalidDataset(f"no column named {wanted!r}; {there}")
    if wanted == 0 or abs(wanted) > count:
        raise InvalidDataset(f"no column {wanted}; columns are 1 to {count}, or -1 for the last")
    return wanted - 1 if wanted > 0 else count + wanted
