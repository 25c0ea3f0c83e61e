"""When a sweep has ended in SQL, and when MLflow has all of it: asked of its one row, in reading transactions."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from results.database import Database
from results.tables.sweeps import sweeps
from sweeps.states import State

PAUSE = 0.1  # seconds between two looks
PATIENCE = 1800.0  # seconds for a sweep


def ended(database: Database, sweep_id: int, check: Callable[[], None]) -> datetime:
    """The end that stands in SQL, written in the transaction of the last rows; raises RuntimeError if it failed."""
    row = _until(database, sweep_id, lambda row: row.finished_at is not None, check)
    if row.state != State.FINISHED:
        raise RuntimeError(f"the sweep that was measured is {row.state}")
    moment: datetime = row.finished_at
    return moment


def tracked(database: Database, sweep_id: int, check: Callable[[], None]) -> None:
    """Return once MLflow was told the end, which it is after all trials."""
    _until(database, sweep_id, lambda row: row.finished_at is not None and row.tracked_state == row.state, check)


def artifacts_sent(database: Database, sweep_id: int, check: Callable[[], None]) -> None:
    """Return once MLflow has the pictures, the comparison and the model."""
    _until(database, sweep_id, lambda row: row.tracked_artifacts is not None, check)


def _until(database: Database, sweep_id: int, holds: Callable[[Row[Any]], bool], check: Callable[[], None]) -> Row[Any]:
    """The sweep's row once it is so; `check` raises when the stack has broken down. Raises TimeoutError."""
    marks = (sweeps.c.state, sweeps.c.finished_at, sweeps.c.tracked_state, sweeps.c.tracked_artifacts)
    query = select(*marks).where(sweeps.c.id == sweep_id)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with database.read() as connection:
            row = connection.execute(query).one()
        if holds(row):
            return row
        check()
        time.sleep(PAUSE)
    raise TimeoutError(f"the sweep did not end within {PATIENCE:.0f} s: {row}")
