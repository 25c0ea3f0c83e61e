"""`metric.target`: the first trial that reaches it ends the sweep, as in W&B: what runs goes on, no more begins.

Used by `worker.attempt` in the transaction of the flush that brings the epoch.
"""

from __future__ import annotations

from sqlalchemy import Connection, update

from results.clock import now
from results.tables.sweeps import sweeps
from results.tables.trials import jobs, trials
from results.values import Claim, EpochRow, Flush
from results.writes.endings import end_jobs, move_trials
from results.writes.locking import lock_rows, lock_sweep
from sweeps.states import State


def reached(claim: Claim, flush: Flush) -> EpochRow | None:
    """The first epoch of the flush whose metric is as good as the sweep's target, or None."""
    target = claim.metric_target
    if target is None:
        return None
    return next((row for row in flush.epochs if _good_enough(getattr(row, claim.metric_name), claim, target)), None)


def hold(connection: Connection, claim: Claim) -> None:
    """Keep all that a stop may change, before the flush changes any of it.

    In the order of locks (the sweep, then jobs and trials by key), the claim's own among those that wait: two writers
    that each hold a part would wait for each other.
    """
    lock_sweep(connection, claim.sweep_id)
    waiting = jobs.c.state == State.QUEUED
    lock_rows(connection, jobs, (jobs.c.sweep_id == claim.sweep_id) & (waiting | (jobs.c.id == claim.job_id)))
    begun = trials.c.job_id == claim.job_id
    lock_rows(connection, trials, (trials.c.sweep_id == claim.sweep_id) & ((trials.c.state == State.QUEUED) | begun))


def stop_at_target(connection: Connection, claim: Claim, row: EpochRow) -> None:
    """Begin no more trials of the sweep: those that wait are pruned. The first who comes decides; after `hold`."""
    number = next(one.number for one in claim.trials if one.trial_id == row.trial_id)
    value = getattr(row, claim.metric_name)
    because = f"target reached: {claim.metric_name} {value:.6g} at epoch {row.epoch} of trial {number}"
    first = (sweeps.c.id == claim.sweep_id) & sweeps.c.stopped_because.is_(None)
    if connection.execute(update(sweeps).where(first).values(stopped_because=because)).rowcount == 0:
        return
    moment = now(connection)
    queued = (jobs.c.sweep_id == claim.sweep_id) & (jobs.c.state == State.QUEUED)
    end_jobs(connection, queued, State.CANCELLED, moment)
    waiting = (trials.c.sweep_id == claim.sweep_id) & (trials.c.state == State.QUEUED)  # those of queued jobs
    move_trials(connection, waiting, State.PRUNED, moment)


def _good_enough(value: float | None, claim: Claim, target: float) -> bool:
    if value is None:
        return False
    return value >= target if claim.metric_goal == "maximize" else value <= target
