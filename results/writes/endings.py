"""How trials, jobs and sweeps end; used by the other writes. The caller holds the sweep's row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from results.searches import goes_on
from results.tables.sweeps import sweeps
from results.tables.trials import jobs, trials
from results.writes.locking import lock_rows
from sweeps.states import ENDED, State, Wanted


def open_trials(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of the trials that have not ended."""
    return condition & trials.c.state.not_in(ENDED)


def move_trials(
    connection: Connection, condition: ColumnElement[bool], state: State, moment: datetime, error: str | None = None
) -> None:
    """Move the trials that meet the condition and have not ended."""
    values: dict[str, Any] = {"state": state}
    if state in ENDED:
        values |= {"finished_at": moment, "error": error}
    if state is State.RUNNING:
        values["started_at"] = func.coalesce(trials.c.started_at, moment)
    open_ones = open_trials(condition)
    if lock_rows(connection, trials, open_ones):
        connection.execute(update(trials).where(open_ones).values(values))


def end_jobs(
    connection: Connection, condition: ColumnElement[bool], state: State, moment: datetime, error: str | None = None
) -> None:
    """End jobs; what is left of their leases goes. Their trials are the caller's."""
    values = {"state": state, "finished_at": moment, "lease_expires_at": None, "error": error}
    connection.execute(update(jobs).where(condition).values(values))


def end_sweep_if_done(connection: Connection, sweep_id: int, moment: datetime) -> State | None:
    """End the sweep if all its jobs have ended and its search is over, and say how; None while it goes on.

    Cancelled when a job was and its user cancelled it (stopping drops jobs too), else failed when a job failed, else
    finished. A sweep whose user wants it paused is paused once none of its jobs runs.
    """
    query = select(jobs.c.state, func.count()).where(jobs.c.sweep_id == sweep_id).group_by(jobs.c.state)
    found = {State(state) for state, _ in connection.execute(query)}
    row = connection.execute(select(sweeps.c.wanted, goes_on().label("searching")).where(sweeps.c.id == sweep_id)).one()
    wanted = row.wanted
    if not found <= ENDED or (row.searching and wanted != Wanted.CANCEL):
        if wanted == Wanted.PAUSE and State.RUNNING not in found:
            connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(state=State.PAUSED))
        return None
    cancelled = wanted == Wanted.CANCEL  # else jobs were dropped because it was stopped
    verdicts = (State.CANCELLED, State.FAILED, State.FINISHED) if cancelled else (State.FAILED, State.FINISHED)
    if cancelled and row.searching:
        found.add(State.CANCELLED)  # what was still to be proposed
    state = next((verdict for verdict in verdicts if verdict in found), State.FINISHED)
    here = (sweeps.c.id == sweep_id) & sweeps.c.state.not_in(ENDED)
    connection.execute(update(sweeps).where(here).values(state=state, finished_at=moment))
    return state
