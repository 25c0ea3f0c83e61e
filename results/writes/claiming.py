"""A worker takes a job: the conditional UPDATE that exactly one of many wins. Public as `results.writes.jobs.claim`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from engine.trials import Trial
from results.clock import now
from results.hyperparameter_columns import configuration_from
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import checkpoints, jobs, trials
from results.values import Claim, ClaimedTrial
from results.writes.endings import end_jobs, end_sweep_if_done, move_trials, open_trials
from results.writes.locking import lock_sweep
from sweeps.parsing.early_termination import policy_of
from sweeps.states import ENDED, State, Wanted


def claim(connection: Connection, job_id: int, owner: str, lease_seconds: float) -> Claim | None:
    """Take a queued job for `lease_seconds`; its trials and its sweep are running from now on.

    None when there is nothing to do: no such job, somebody else has it, it has ended, its sweep is paused, cancelled
    or has ended (an extension of it is being stored), or all its trials have ended (then the job ends here).
    """
    sweep_id = connection.execute(select(jobs.c.sweep_id).where(jobs.c.id == job_id)).scalar_one_or_none()
    if sweep_id is None:
        return None
    sweep = lock_sweep(connection, sweep_id)
    if sweep.wanted != Wanted.RUN or sweep.state in ENDED:
        return None
    attempt = _take(connection, job_id, owner, lease_seconds)
    if attempt is None:
        return None
    moment = now(connection)
    rows = _trial_rows(connection, job_id)
    if not rows:
        end_jobs(connection, jobs.c.id == job_id, State.FINISHED, moment)
        end_sweep_if_done(connection, sweep_id, moment)
        return None
    move_trials(connection, trials.c.job_id == job_id, State.RUNNING, moment)
    waiting = (sweeps.c.id == sweep_id) & (sweeps.c.state == State.QUEUED)
    connection.execute(update(sweeps).where(waiting).values(state=State.RUNNING, started_at=moment))
    return _claim(connection, job_id, attempt, sweep_id, rows)


def _take(connection: Connection, job_id: int, owner: str, lease_seconds: float) -> int | None:
    """The number of this attempt, or None where the job is not to be had."""
    moment = now(connection)
    statement = (
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == State.QUEUED)
        .values(
            state=State.RUNNING,
            attempt=jobs.c.attempt + 1,
            owner=owner[:200],
            lease_seconds=lease_seconds,
            lease_expires_at=moment + timedelta(seconds=lease_seconds),
            advanced=False,
            started_at=func.coalesce(jobs.c.started_at, moment),
        )
        .returning(jobs.c.attempt)
    )
    return connection.execute(statement).scalar_one_or_none()


def _trial_rows(connection: Connection, job_id: int) -> list[Row[Any]]:
    """The job's trials that have not ended, with configuration, data set and latest state."""
    query = (
        select(
            trials.c.id,
            trials.c.number,
            trials.c.replicate,
            trials.c.init_seed,
            trials.c.data_seed,
            trials.c.completed_epochs,
            configurations.c.hyperparameters,
            datasets.c.digest,
            checkpoints.c.state.label("checkpoint"),
            checkpoints.c.earlier_state,
        )
        .select_from(trials.join(configurations).join(datasets).outerjoin(checkpoints))
        .where(open_trials(trials.c.job_id == job_id))
        .order_by(trials.c.number)
    )
    return list(connection.execute(query))


def _claim(connection: Connection, job_id: int, attempt: int, sweep_id: int, rows: list[Row[Any]]) -> Claim:
    sweep = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()
    return Claim(
        job_id=job_id,
        attempt=attempt,
        sweep_id=sweep_id,
        trials=tuple(_claimed_trial(row) for row in rows),
        split_seed=sweep.split_seed,
        validation_fraction=sweep.validation_fraction,
        targets=tuple(sweep.targets),
        dataset_digest=rows[0].digest,
        metric_name=sweep.metric_name,
        metric_goal=sweep.metric_goal,
        metric_target=sweep.metric_target,
        early_termination=policy_of(sweep.document, sweep.seed),
    )


def _claimed_trial(row: Row[Any]) -> ClaimedTrial:
    trial = Trial(configuration_from(row.hyperparameters), row.init_seed, row.data_seed)
    states = (row.checkpoint, row.earlier_state)
    return ClaimedTrial(row.id, row.number, row.replicate, trial, *states, completed_epochs=row.completed_epochs)
