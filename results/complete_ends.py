"""A trial's last complete end: what its results are of, whatever an extension is doing with it. Used by the reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func

from comparison.outcomes.base import Outcome
from results.tables.trials import trials
from results.values import TrialView
from sweeps.states import ENDED, State


def state_of_result(row: Row[Any] | TrialView) -> State:
    """The state that goes with the results of a row with `state` and `completed_epochs`: finished while extended."""
    return result_state(State(row.state), row.completed_epochs is not None)


def result_state(state: State, completed: bool) -> State:
    """The state that goes with the results of a trial in `state`; `completed`: it has had a complete end."""
    return State.FINISHED if completed and state not in ENDED else state


def epochs_of_result(row: Row[Any] | TrialView) -> int:
    """Its last epoch that counts, of a row with `completed_epochs` and `epochs_recorded`."""
    return int(row.epochs_recorded if row.completed_epochs is None else row.completed_epochs)


def of_result(table: Table) -> ColumnElement[bool]:
    """The rows of `epochs` or `layer_epochs` that its results are of; asked together with `trials`."""
    return table.c.epoch <= func.coalesce(trials.c.completed_epochs, trials.c.epochs_recorded)


def diverged() -> ColumnElement[bool]:
    """Trials that diverged: what they had reached before is not ranked (as `comparison.judging` and the views do)."""
    return trials.c.diverged_epoch.is_not(None) | (func.coalesce(trials.c.outcome, "") == Outcome.DIVERGED)
