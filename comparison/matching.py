"""Which trials may be held against each other: those that differ in one hyperparameter alone.

A *block* is one setting of all the other swept hyperparameters. Within a block the values are compared on the
replicates that have ended for every value: replicate r has the same seeds everywhere (common random numbers).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.judging import Judge, has_result
from comparison.results import TrialResult
from engine.hyperparameter_kinds import Value

Block = tuple[Hashable, ...]
Cells = dict[Value, dict[int, float]]  # value -> replicate -> loss


@dataclass(frozen=True)
class Matched:
    """`losses` is (units, values): column v belongs to `values[v]`; infinite where it diverged.

    `unit`: "block", each number the median over replicates, for the replicates of one block say nothing about another;
    or "replicate" where there is one block only, and the conclusion holds for that block. `blocks`: how many there
    are, matched or not. `values`: those of which a trial has ended. `settings`: of each unit, the values of the other
    swept hyperparameters in their order (one for all, where replicates are the units).
    """

    values: tuple[Value, ...]
    losses: NDArray[np.float64]
    unit: str
    blocks: int
    settings: tuple[Block, ...]


def matched(results: Sequence[TrialResult], name: str, swept: Sequence[str], judged_by: Judge) -> Matched:
    """The losses of the values of hyperparameter `name`, matched over all the other `swept` ones."""
    blocks = _blocks(results, name, swept, judged_by)
    present = {value: None for cells in blocks.values() for value in cells}
    values = tuple(value for value in distinct_values(results, name) if value in present)
    rows = {block: _rows(cells, values) for block, cells in blocks.items()}
    if len(blocks) == 1:
        return Matched(values, next(iter(rows.values())), "replicate", 1, tuple(rows))
    medians = {block: np.median(row, axis=0) for block, row in rows.items() if len(row)}
    losses = np.array(list(medians.values())).reshape(len(medians), len(values))
    return Matched(values, losses, "block", len(blocks), tuple(medians))


def distinct_values(results: Sequence[TrialResult], name: str) -> tuple[Value, ...]:
    """The values of a hyperparameter in the order in which trials have them."""
    return tuple({hashable(one.values[name]): None for one in results})


def hashable(value: Value) -> Value:
    """Lists, as JSON gives them, as tuples."""
    return tuple(value) if isinstance(value, list) else value


def _blocks(results: Sequence[TrialResult], name: str, swept: Sequence[str], judged_by: Judge) -> dict[Block, Cells]:
    others = [other for other in swept if other != name]
    found: dict[Block, Cells] = {}
    places: dict[tuple[int, int], tuple[Cells, Value]] = {}  # replicates share the values of their configuration
    for one in results:
        key = (one.configuration_number, id(one.values))
        if key not in places:
            block = found.setdefault(tuple(hashable(one.values[other]) for other in others), {})
            places[key] = (block, hashable(one.values[name]))
        block, value = places[key]
        if has_result(one):
            block.setdefault(value, {})[one.replicate] = judged_by.loss(one)
    return found


def _rows(cells: Cells, values: Sequence[Value]) -> NDArray[np.float64]:
    """(replicates, values): the replicates that have ended for every value."""
    by_value = [cells.get(value, {}) for value in values]
    common = sorted(set.intersection(*(set(cell) for cell in by_value))) if by_value else []
    rows = [[cell[replicate] for cell in by_value] for replicate in common]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(values))
