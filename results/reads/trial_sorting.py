"""By what trials can be sorted, and where a page begins in that order. Used by `results.reads.trials`.

Costs and accuracies rank: a trial that diverged comes after all others, in either direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, null, or_

from engine.errors import UnknownHyperparameter
from engine.hyperparameters import HYPERPARAMETERS, canonical_name
from results.complete_ends import diverged
from results.errors import InvalidSort
from results.reads.code_points import ByCodePoint
from results.tables.sweeps import configurations
from results.tables.trials import trials

_TRIAL_COLUMNS = (
    "id",
    "number",
    "replicate",
    "init_seed",
    "data_seed",
    "state",
    "outcome",
    "outcome_epoch",
    "epochs_recorded",
    "diverged_epoch",
    "best_train_cost",
    "best_validation_cost",
    "best_epoch",
    "best_validation_accuracy",
    "final_train_cost",
    "final_validation_cost",
    "final_train_accuracy",
    "final_validation_accuracy",
    "seconds",
    "blas_kernel",
    "started_at",
    "finished_at",
)

_RANKING = tuple(name for name in _TRIAL_COLUMNS if name.endswith(("_cost", "_accuracy")))

SORTABLE: dict[str, ColumnElement[Any]] = {
    **{name: trials.c[name] for name in _TRIAL_COLUMNS},
    **{name: case((diverged(), null()), else_=trials.c[name]) for name in _RANKING},  # last, whatever they had before
    "configuration_number": configurations.c.number,
    "configuration": configurations.c.number,
    "parameter_count": configurations.c.parameter_count,
    **{name: configurations.c[name] for name in HYPERPARAMETERS},
}


@dataclass(frozen=True)
class Sorting:
    """An order of trials: a column under its name, and the direction."""

    name: str
    column: ColumnElement[Any]
    descending: bool

    @property
    def compared(self) -> ColumnElement[Any]:
        """The column as it is compared: text by its code points, in every database alike."""
        return ByCodePoint(self.column) if isinstance(self.column.type, String) else self.column


def sorting(text: str) -> Sorting:
    """The order that a request names, such as `-learning_rate`; raises `InvalidSort` with the nearest name."""
    name = text.removeprefix("-")
    if name not in SORTABLE:
        try:
            name = canonical_name(name)
        except UnknownHyperparameter:
            near = get_close_matches(name, SORTABLE, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InvalidSort(f"trials cannot be sorted by {name[:50]!r}{hint}") from None
    return Sorting(name, SORTABLE[name], text.startswith("-"))


def ordering(order: Sorting) -> tuple[ColumnElement[Any], ...]:
    """What to order by: empty values last in either direction, ties by key."""
    compared = order.compared
    return (order.column.is_(None), compared.desc() if order.descending else compared.asc(), trials.c.id)


def after(order: Sorting, value: Any, trial_id: int) -> ColumnElement[bool]:
    """The trials that stand after the one with this value and key."""
    if value is None:
        return and_(order.column.is_(None), trials.c.id > trial_id)
    beyond = order.compared < value if order.descending else order.compared > value
    tie = and_(order.column == value, trials.c.id > trial_id)
    return or_(beyond, tie, order.column.is_(None))
