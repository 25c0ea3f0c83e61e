"""Which sweeps owe proposals: adaptive searches that go on. A condition on `sweeps`, for reads and writes alike."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists

from results.tables.sweeps import sweeps
from results.tables.trials import jobs
from sweeps.states import ENDED, Wanted


def goes_on() -> ColumnElement[bool]:
    """Sweeps whose search has not had all its configurations, was not stopped and did not fail, whatever jobs do."""
    more = sweeps.c.run_cap.is_(None) | (sweeps.c.configuration_count < sweeps.c.run_cap)
    return and_(sweeps.c.search.is_not(None), sweeps.c.stopped_because.is_(None), sweeps.c.error.is_(None), more)


def awaits_proposals() -> ColumnElement[bool]:
    """Those of them whose next generation is due: every job has ended, and their user wants them to run."""
    open_job = exists().where(jobs.c.sweep_id == sweeps.c.id, jobs.c.state.not_in(ENDED))
    return and_(goes_on(), sweeps.c.state.not_in(ENDED), sweeps.c.wanted == Wanted.RUN, ~open_job)
