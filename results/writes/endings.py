"""How trials, jobs and sweeps end; used by the other writes. The caller holds the sweep's row.

A trial that has had a complete end (finished, or pruned by a decision) keeps it: an extension that is cancelled,
stopped, dropped or fails for good leaves the trial as it was before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from results.searches import goes_on
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import checkpoints, epochs, jobs, layer_epochs, trials
from results.writes.locking import lock_rows
from sweeps.states import ENDED, State, Wanted

NO_LEASE: dict[str, Any] = {"lease_seconds": None, "lease_expires_at": None}


def open_trials(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of the trials that have not ended."""
    return condition & trials.c.state.not_in(ENDED)


def move_trials(
    connection: Connection, condition: ColumnElement[bool], state: State, moment: datetime, error: str | None = None
) -> None:
    """Move the trials that meet the condition and have not ended; those that are given up return to a complete end."""
    values: dict[str, Any] = {"state": state}
    if state in ENDED:
        values |= {"finished_at": moment, "error": error}
    if state is State.RUNNING:
        values["started_at"] = func.coalesce(trials.c.started_at, moment)
    open_ones = open_trials(condition)
    if lock_rows(connection, trials, open_ones):
        if state in ENDED:  # all of an extension comes with a flush that says so itself
            return_to_complete_end(connection, open_ones, error)
        connection.execute(update(trials).where(open_ones).values(values))


def falls_short() -> ColumnElement[bool]:
    """Trials whose last complete end has fewer epochs than their configuration: their extension was given up."""
    planned = select(configurations.c.epochs).where(configurations.c.id == trials.c.configuration_id).scalar_subquery()
    whole = (trials.c.state == State.FINISHED) & trials.c.diverged_epoch.is_(None)
    return whole & (trials.c.completed_epochs < planned)


def return_to_complete_end(connection: Connection, condition: ColumnElement[bool], error: str | None = None) -> None:
    """Give up the extension of the trials that meet the condition and had a complete end; the caller holds them.

    Curve, final state and end are those of before; the results have not moved since. `error`: why, if it failed.
    """
    given_up = condition & trials.c.completed_epochs.is_not(None)
    end = select(trials.c.completed_epochs).where(trials.c.id == checkpoints.c.trial_id).scalar_subquery()
    theirs = checkpoints.c.trial_id.in_(select(trials.c.id).where(given_up)) & ~checkpoints.c.final
    kept = {"epoch": checkpoints.c.earlier_epoch, "state": checkpoints.c.earlier_state, "final": True}
    kept |= {"earlier_epoch": None, "earlier_state": None}
    connection.execute(update(checkpoints).where(theirs, checkpoints.c.earlier_epoch == end).values(kept))
    connection.execute(delete(checkpoints).where(theirs))  # without the state of that end
    further = select(trials.c.id).where(given_up, trials.c.epochs_recorded > trials.c.completed_epochs)
    for table in (epochs, layer_epochs):
        last = select(trials.c.completed_epochs).where(trials.c.id == table.c.trial_id).scalar_subquery()
        connection.execute(delete(table).where(table.c.trial_id.in_(further), table.c.epoch > last))
    before: dict[str, Any] = {"state": State.FINISHED, "epochs_recorded": trials.c.completed_epochs, "error": error}
    connection.execute(update(trials).where(given_up).values(before | {"finished_at": trials.c.completed_at}))


def end_jobs(
    connection: Connection, condition: ColumnElement[bool], state: State, moment: datetime, error: str | None = None
) -> None:
    """End jobs; what is left of their leases goes. Their trials are the caller's."""
    values = {"state": state, "finished_at": moment, "error": error, **NO_LEASE}
    connection.execute(update(jobs).where(condition).values(values))


def end_sweep_if_done(connection: Connection, sweep_id: int, moment: datetime) -> State | None:
    """End the sweep if all its jobs have ended and its search is over, and say how; None while it goes on.

    Cancelled when a job was and its user cancelled it (stopping drops jobs too), else failed when its search or a job
    did, for the reason that its row then has, else finished. A sweep whose user wants it paused is paused once none of
    its jobs runs.
    """
    query = select(jobs.c.state, func.count()).where(jobs.c.sweep_id == sweep_id).group_by(jobs.c.state)
    found = {State(state) for state, _ in connection.execute(query)}
    times = (sweeps.c[name] for name in ("started_at", "finished_at", "paused_at", "idle_seconds"))
    columns = (sweeps.c.wanted, sweeps.c.error, goes_on().label("searching"), *times)
    row = connection.execute(select(*columns).where(sweeps.c.id == sweep_id)).one()
    wanted = row.wanted
    if row.error is not None:
        found.add(State.FAILED)
    if not found <= ENDED or (row.searching and wanted != Wanted.CANCEL):
        if wanted == Wanted.PAUSE and State.RUNNING not in found:
            since = func.coalesce(sweeps.c.paused_at, moment)
            paused = {"state": State.PAUSED, "paused_at": since}
            connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(paused))
        return None
    cancelled = wanted == Wanted.CANCEL  # else jobs were dropped because it was stopped
    verdicts = (State.CANCELLED, State.FAILED, State.FINISHED) if cancelled else (State.FAILED, State.FINISHED)
    if cancelled and row.searching:
        found.add(State.CANCELLED)  # what was still to be proposed
    state = next((verdict for verdict in verdicts if verdict in found), State.FINISHED)
    here = (sweeps.c.id == sweep_id) & sweeps.c.state.not_in(ENDED)
    error = (row.error or _first_error(connection, sweep_id)) if state is State.FAILED else None
    end = {"state": state, "finished_at": moment, "error": error}
    connection.execute(update(sweeps).where(here).values(end | busy_again(row, moment)))
    return state


def busy_again(sweep: Row[Any], moment: datetime) -> dict[str, Any]:
    """What a row of `sweeps` has to say when its idle time is over, or ends with the sweep, at this moment.

    Idle it was since it was paused, or had ended. What lies before its start does not count.
    """
    since = sweep.paused_at or sweep.finished_at
    idle = 0.0 if since is None or sweep.started_at is None else max(0.0, (moment - since).total_seconds())
    return {"idle_seconds": sweep.idle_seconds + idle, "paused_at": None}


def _first_error(connection: Connection, sweep_id: int) -> str | None:
    """Of the jobs that failed the first one's reason."""
    failed = (jobs.c.sweep_id == sweep_id) & (jobs.c.state == State.FAILED)
    query = select(jobs.c.error).where(failed).order_by(jobs.c.number).limit(1)
    return connection.execute(query).scalar_one_or_none()
