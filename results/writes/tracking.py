"""What MLflow was told: the tracker's watermarks. Called by `tracking.passes`, after MLflow has committed.

An end is marked only where the row still has it. A retry or an extension that came while MLflow was being told began
anew what had ended then: it counts as told that it runs, so its next end is told too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, Connection, Table, bindparam, case, update

from results.tables.sweeps import IN_DOUBT, SWEEP_SENT, sweeps
from results.tables.tracker import tracker
from results.tables.trials import trials
from results.text import storable
from results.writes.locking import lock_rows
from sweeps.states import ENDED, State


@dataclass(frozen=True)
class TrialMark:
    """MLflow knows the trial as `run_id`, up to `epoch` (-1: none), in `state`; None: it does not know it.

    `finished_at`: when the trial had ended, as MLflow was told; None where it had not.
    """

    trial_id: int
    run_id: str | None
    epoch: int
    state: str | None
    finished_at: datetime | None = None


def mark_trials(connection: Connection, marks: Sequence[TrialMark]) -> None:
    """Store the watermarks of trials; nothing that locks a sweep or a job may follow in the same transaction."""
    told = bindparam("told", type_=trials.c.state.type)
    statement = (
        update(trials)
        .where(trials.c.id == bindparam("of_trial"))
        .values(mlflow_run_id=bindparam("run"), tracked_epoch=bindparam("epoch"), tracked_state=_still(trials, told))
    )
    in_order = sorted(marks, key=lambda mark: mark.trial_id)  # the order of locks
    rows = [
        {"of_trial": m.trial_id, "run": m.run_id, "epoch": m.epoch, **_told(m.state, m.finished_at)} for m in in_order
    ]
    if rows:
        connection.execute(statement, rows)


def mark_sweep(
    connection: Connection,
    sweep_id: int,
    experiment_id: str,
    run_id: str,
    state: str,
    finished_at: datetime | None = None,
) -> None:
    """Store that MLflow knows the sweep in this state; of its end it is told after all its trials were sent."""
    told = bindparam("told", type_=sweeps.c.state.type)
    values = {"mlflow_experiment_id": experiment_id, "mlflow_run_id": run_id, "tracked_state": _still(sweeps, told)}
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(values), _told(state, finished_at))


def _still(table: Table, told: ColumnElement[str | None]) -> ColumnElement[str | None]:
    """The state that was told; running where it is an end that the row does not have any more."""
    end = bindparam("end", type_=table.c.finished_at.type)
    begun_anew = bindparam("ended", type_=Boolean) & table.c.finished_at.is_distinct_from(end)
    return case((begun_anew, State.RUNNING.value), else_=told)


def _told(state: str | None, finished_at: datetime | None) -> dict[str, object]:
    return {"told": state, "ended": state in ENDED, "end": finished_at}


def mark_artifacts(
    connection: Connection, sweep_id: int, finished_at: datetime | None, model_sha256: str | None
) -> None:
    """Store that MLflow has the artifacts of the end at this time; a sweep that ends again has others."""
    values = {"tracked_artifacts": finished_at, "model_sha256": model_sha256}
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(values))


def set_aside_trial(connection: Connection, trial_id: int, error: str) -> None:
    """MLflow refuses the trial for good: it is not sent again, and the reason stays in its row."""
    connection.execute(update(trials).where(trials.c.id == trial_id).values(tracking_error=storable(error)))


def set_aside_sweep(connection: Connection, sweep_id: int, error: str) -> None:
    """MLflow refuses the sweep for good: neither it nor its trials are sent again."""
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(tracking_error=storable(error)))


def doubt_all(connection: Connection, first: int, last: int) -> None:
    """MLflow lost a sweep: those it was sent with keys from `first` to `last` are to be looked for too."""
    here = sweeps.c.id.between(first, last) & SWEEP_SENT
    connection.execute(update(sweeps).where(here, ~IN_DOUBT).values(tracking_doubt=True))


def clear_doubt(connection: Connection, sweep_ids: Sequence[int]) -> None:
    """MLflow has these sweeps, or they were dealt with."""
    connection.execute(update(sweeps).where(sweeps.c.id.in_(sweep_ids), IN_DOUBT).values(tracking_doubt=False))


def forget_trials(connection: Connection, sweep_id: int, first: int, last: int) -> None:
    """MLflow lost the sweep: its trials with numbers from `first` to `last` are to be sent again, refused ones too."""
    here = (trials.c.sweep_id == sweep_id) & trials.c.number.between(first, last)
    lock_rows(connection, trials, here)
    connection.execute(update(trials).where(here).values(tracked_epoch=-1, **_NOTHING))


def forget_sweep(connection: Connection, sweep_id: int) -> None:
    """MLflow lost the sweep: its own run is to be sent again. Its trials come before (`forget_trials`)."""
    of_sweep = {
        "mlflow_experiment_id": None,
        "tracked_artifacts": None,
        "model_sha256": None,
        "tracking_doubt": False,
        **_NOTHING,
    }
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(of_sweep))


_NOTHING = {"mlflow_run_id": None, "tracked_state": None, "tracking_error": None}


def note_pass(connection: Connection, passed_at: datetime, error: str | None) -> None:
    """How the last pass fared. The row is there from the first migration on."""
    since = case((tracker.c.error.is_(None), passed_at), else_=tracker.c.error_since)
    values = {"passed_at": passed_at, "error": None if error is None else storable(error)}
    connection.execute(update(tracker).values(values | {"error_since": None if error is None else since}))
