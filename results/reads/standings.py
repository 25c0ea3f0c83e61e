"""Where the trials of a sweep stand at one epoch, for early termination. Called by `results.writes.deciding`.

Trials that were audited at an earlier epoch stand nowhere: without the audit they would have been stopped there.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from results.tables.sweeps import configurations
from results.tables.trials import decisions, epochs, trials
from sweeps.early_termination.base import MAXIMIZE, Standing


def standings(connection: Connection, sweep_id: int, job_id: int, epoch: int, metric: str, goal: str) -> list[Standing]:
    """Every trial of the sweep that has recorded this epoch, by number; `best` is known for the job's own."""
    best = _best(connection, job_id, epoch, metric, goal)
    value = epochs.c[metric]
    query = (
        select(trials.c.id, value, configurations.c.number, trials.c.replicate)
        .select_from(trials.join(epochs).join(configurations))
        .where(trials.c.sweep_id == sweep_id, epochs.c.epoch == epoch, ~_out_of_race(epoch))
        .order_by(trials.c.number)
    )
    return [
        Standing(trial_id, value, best.get(trial_id), configuration, replicate)
        for trial_id, value, configuration, replicate in connection.execute(query)
    ]


def _out_of_race(epoch: int) -> ColumnElement[bool]:
    before = (decisions.c.trial_id == trials.c.id) & (decisions.c.epoch < epoch)
    return select(decisions.c.trial_id).where(before, decisions.c.audited).exists()


def _best(connection: Connection, job_id: int, epoch: int, metric: str, goal: str) -> dict[int, float | None]:
    """The best value of each trial of the job, from epoch 1 to this one."""
    extreme = func.max if goal == MAXIMIZE else func.min
    query = (
        select(trials.c.id, extreme(epochs.c[metric]))
        .select_from(trials.join(epochs))
        .where(trials.c.job_id == job_id, epochs.c.epoch.between(1, epoch))
        .group_by(trials.c.id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
