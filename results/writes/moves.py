"""What its user asks of a sweep: pause, resume, stop, cancel, retry. Called by the API, one transaction each.

`sweeps.moves` says what is legal when. All raise `NoSuchSweep`, and `IllegalMove` with the reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update

from results.clock import now
from results.errors import IllegalMove
from results.tables.sweeps import sweeps
from results.tables.trials import jobs, trials
from results.writes.endings import busy_again, end_jobs, end_sweep_if_done, falls_short, move_trials
from results.writes.locking import lock_rows, lock_sweep
from results.writes.reviving import requeue
from results.writes.submissions import insist_on_rest
from sweeps.moves import ANSWERS, BEING_CANCELLED, NOTHING_FAILED, Answer, Verb
from sweeps.states import ENDED, State, Wanted

STOPPED = "stopped by its user"


def pause(connection: Connection, sweep_id: int) -> None:
    """Begin nothing more; what runs is handed back at its next flush, and then the sweep is paused."""
    if _asked(connection, sweep_id, Verb.PAUSE) is Answer.DO:
        _want(connection, sweep_id, Wanted.PAUSE)
        end_sweep_if_done(connection, sweep_id, now(connection))


def resume(connection: Connection, sweep_id: int) -> tuple[int, ...]:
    """Go on; the keys of the jobs that wait, to be sent."""
    _asked(connection, sweep_id, Verb.RESUME)
    held = connection.execute(select(sweeps.c.wanted).where(sweeps.c.id == sweep_id)).scalar_one() == Wanted.PAUSE
    if not held:
        return ()
    _want(connection, sweep_id, Wanted.RUN)
    again = case((sweeps.c.started_at.is_(None), State.QUEUED), else_=State.RUNNING)
    paused = (sweeps.c.id == sweep_id) & (sweeps.c.state == State.PAUSED)
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()
    connection.execute(update(sweeps).where(paused).values({"state": again} | busy_again(row, now(connection))))
    return tuple(connection.execute(select(jobs.c.id).where(_queued(sweep_id)).order_by(jobs.c.id)).scalars())


def stop(connection: Connection, sweep_id: int, because: str = STOPPED) -> None:
    """Begin no more trials: what is queued is cancelled, what runs goes on to its end, and then the sweep ends."""
    _asked(connection, sweep_id, Verb.STOP)
    first = (sweeps.c.id == sweep_id) & sweeps.c.stopped_because.is_(None)
    connection.execute(update(sweeps).where(first).values(stopped_because=because))
    _want(connection, sweep_id, Wanted.RUN)  # a pause that has not taken effect: what still runs goes on to its end
    _drop_queued(connection, sweep_id, now(connection))


def cancel(connection: Connection, sweep_id: int) -> None:
    """End all of it: what is queued ends at once, what runs learns of it at its next flush."""
    if _asked(connection, sweep_id, Verb.CANCEL) is Answer.DO:
        _want(connection, sweep_id, Wanted.CANCEL)
        _drop_queued(connection, sweep_id, now(connection))


def retry(connection: Connection, sweep_id: int, max_attempts: int) -> tuple[int, ...]:
    """Queue what failed again, with as many attempts as at first; the keys of its jobs, to be sent.

    A search that failed is to propose again.
    A failed extension trains on from the complete ends it left. A sweep that was stopped stays so: no more begins.
    """
    _asked(connection, sweep_id, Verb.RETRY)
    insist_on_rest(connection, sweep_id, _state(connection, sweep_id))
    failed = (jobs.c.sweep_id == sweep_id) & (jobs.c.state == State.FAILED)
    job_ids = lock_rows(connection, jobs, failed)
    search_failed = connection.execute(select(sweeps.c.error).where(sweeps.c.id == sweep_id)).scalar_one() is not None
    if not job_ids and not search_failed:
        raise IllegalMove(f"sweep {sweep_id}", _state(connection, sweep_id), NOTHING_FAILED)
    theirs = trials.c.job_id.in_(select(jobs.c.id).where(failed))
    lost = (trials.c.sweep_id == sweep_id) & ((trials.c.state == State.FAILED) | (theirs & falls_short()))
    lock_rows(connection, trials, lost)
    requeue(connection, job_ids, lost, max_attempts)
    _reopen(connection, sweep_id)
    return tuple(job_ids)


def _asked(connection: Connection, sweep_id: int, verb: Verb) -> Answer:
    """What comes of the verb; holds the sweep's row."""
    sweep = lock_sweep(connection, sweep_id)
    state = State(sweep.state)
    answer = ANSWERS[verb][state]
    if sweep.wanted == Wanted.CANCEL and state not in ENDED and verb is not Verb.CANCEL:
        answer = BEING_CANCELLED
    if not isinstance(answer, Answer):
        raise IllegalMove(f"sweep {sweep_id}", state, answer)
    return answer


def _want(connection: Connection, sweep_id: int, wanted: Wanted) -> None:
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(wanted=wanted))


def _queued(sweep_id: int) -> Any:
    return (jobs.c.sweep_id == sweep_id) & (jobs.c.state == State.QUEUED)


def _drop_queued(connection: Connection, sweep_id: int, moment: datetime) -> None:
    """End the jobs that wait, and their trials: a queued trial belongs to a queued job."""
    if lock_rows(connection, jobs, _queued(sweep_id)):
        end_jobs(connection, _queued(sweep_id), State.CANCELLED, moment)
    waiting = (trials.c.sweep_id == sweep_id) & (trials.c.state == State.QUEUED)
    move_trials(connection, waiting, State.CANCELLED, moment)
    end_sweep_if_done(connection, sweep_id, moment)


def _reopen(connection: Connection, sweep_id: int) -> None:
    ended = (sweeps.c.id == sweep_id) & (sweeps.c.state == State.FAILED)
    row = connection.execute(select(sweeps).where(ended)).one_or_none()
    if row is None:
        return
    told = case((sweeps.c.tracked_state.is_(None), None), else_=State.RUNNING)
    values: dict[str, Any] = {"state": State.RUNNING, "finished_at": None, "tracked_state": told, "wanted": Wanted.RUN}
    values |= {"error": None} | busy_again(row, now(connection))
    connection.execute(update(sweeps).where(ended).values(values))


def _state(connection: Connection, sweep_id: int) -> str:
    return str(connection.execute(select(sweeps.c.state).where(sweeps.c.id == sweep_id)).scalar_one())
