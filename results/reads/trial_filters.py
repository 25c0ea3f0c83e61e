"""What trials can be asked for: state, outcome, replicate, configuration and every hyperparameter.

Used by `results.reads.trials`. Values are parsed by the registry, so they mean what they mean in a sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_

from comparison.outcome import Outcome
from engine.errors import InvalidHyperparameter, UnknownHyperparameter
from engine.hyperparameters import HYPERPARAMETERS, canonical_name
from results.errors import InvalidFilter
from results.hyperparameter_columns import column_value
from results.tables.sweeps import configurations
from results.tables.trials import trials
from sweeps.states import State

_LARGEST = 2**31 - 1


def conditions(filters: Mapping[str, object]) -> list[ColumnElement[bool]]:
    """One condition per filter; raises `InvalidFilter`."""
    return [_condition(name, asked) for name, asked in filters.items()]


def _condition(name: str, asked: object) -> ColumnElement[bool]:
    column, parse = _column(name)
    wanted = asked if isinstance(asked, set | frozenset) else (asked,)
    found = [None if one is None else parse(name, one) for one in wanted]
    given = [value for value in found if value is not None]
    parts = [column.in_(given)] if given or None not in found else []
    return or_(*parts, column.is_(None)) if None in found else or_(*parts)


def _column(name: str) -> tuple[ColumnElement[Any], Callable[[str, Any], Any]]:
    if name in _OWN:
        return _OWN[name]
    try:
        return configurations.c[canonical_name(name)], _hyperparameter
    except UnknownHyperparameter as error:
        raise InvalidFilter(name, error.reason) from None


def _hyperparameter(name: str, value: object) -> Any:
    try:
        return column_value(HYPERPARAMETERS[canonical_name(name)].parse(value))
    except InvalidHyperparameter as error:
        raise InvalidFilter(name, error.reason) from None


def _whole(name: str, value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise InvalidFilter(name, f"must be a whole number from 0 to {_LARGEST}")
    return value


def _state(name: str, value: object) -> str:
    return _member(name, value, list(State))


def _outcome(name: str, value: object) -> str:
    return _member(name, value, list(Outcome))


def _member(name: str, value: object, members: list[Any]) -> str:
    if value not in members:
        raise InvalidFilter(name, f"must be one of {', '.join(members)}")
    return str(value)


_OWN: dict[str, tuple[ColumnElement[Any], Callable[[str, Any], Any]]] = {
    "state": (trials.c.state, _state),
    "outcome": (trials.c.outcome, _outcome),
    "replicate": (trials.c.replicate, _whole),
    "configuration": (configurations.c.number, _whole),
    "configuration_number": (configurations.c.number, _whole),
}
