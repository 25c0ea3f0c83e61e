"""What MLflow lacks: sweeps and trials whose state or epochs lie ahead of their watermarks, in bounded batches.

Read by `tracking.passes`. A sweep's parent run ends only after all its trials were sent, so a sweep that MLflow was
told the end of needs no look at its trials: a pass over a long history stays cheap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, not_, or_, select

from results.reads.tracking_rows import TRIAL_COLUMNS, tracked_sweep, tracked_trial
from results.reads.tracking_values import TrackedSweep, UnsentTrial
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import epochs, jobs, trial_targets, trials
from results.values import EpochRow
from sweeps.states import ENDED, State

_CHUNK = 500  # ids in one IN (...)


def unsent_sweeps(connection: Connection) -> list[TrackedSweep]:
    """Sweeps that MLflow was not told the end of, newest first; those set aside are left out."""
    query = select(sweeps).where(_sweep_unsent()).order_by(sweeps.c.id.desc())
    return [tracked_sweep(row) for row in connection.execute(query)]


def ended_with(connection: Connection, job_id: int) -> bool:
    """Whether the job's sweep has ended, and MLflow was not told."""
    its_sweep = select(jobs.c.sweep_id).where(jobs.c.id == job_id).scalar_subquery()
    query = select(sweeps.c.id).where(sweeps.c.id == its_sweep, sweeps.c.state.in_(ENDED), _sweep_unsent())
    return connection.execute(query).one_or_none() is not None


def sent_sweeps(connection: Connection) -> dict[int, str]:
    """Key and parent run of every sweep that MLflow should know."""
    query = select(sweeps.c.id, sweeps.c.mlflow_run_id)
    query = query.where(sweeps.c.mlflow_run_id.is_not(None), sweeps.c.tracking_error.is_(None))
    return {row.id: row.mlflow_run_id for row in connection.execute(query)}


def pending(connection: Connection) -> tuple[int, int]:
    """How many sweeps and trials have something unsent; those set aside do not count."""
    query = (
        select(func.count(trials.c.sweep_id.distinct()), func.count())
        .select_from(trials.join(sweeps))
        .where(_sweep_unsent(), _trial_unsent())
    )
    ended = select(func.count()).where(_sweep_unsent(), sweeps.c.state.in_(ENDED))
    with_trials, count = connection.execute(query).one()
    return max(with_trials, connection.execute(ended).scalar_one()), count


def unsent_trials(connection: Connection, sweep_id: int, most_trials: int, most_epochs: int) -> list[UnsentTrial]:
    """The next trials of a sweep to send, those with the fewest epochs in MLflow first, with their unsent epochs.

    At most `most_epochs` epoch rows altogether: the last trial of the list may come incomplete.
    """
    query = (
        select(*TRIAL_COLUMNS)
        .select_from(trials.join(configurations).join(datasets))
        .where(trials.c.sweep_id == sweep_id, _trial_unsent())
        .order_by(trials.c.tracked_epoch, trials.c.id)
        .limit(most_trials)
    )
    rows = connection.execute(query).all()
    rows = _as_many_as_fit(rows, most_epochs)
    found = _epochs_after_watermarks(connection, rows, most_epochs if len(rows) == 1 else None)
    targets = _targets(connection, [row.id for row in rows])
    return [_unsent(row, found[row.id], targets[row.id]) for row in rows]


def _sweep_unsent() -> ColumnElement[bool]:
    told = sweeps.c.tracked_state
    behind = or_(told.is_(None), told != sweeps.c.state, told.not_in(ENDED))
    return and_(sweeps.c.tracking_error.is_(None), behind)


def _trial_unsent() -> ColumnElement[bool]:
    """Behind its watermark; a trial that has not begun has nothing to show."""
    behind = or_(
        trials.c.epochs_recorded > trials.c.tracked_epoch, trials.c.tracked_state.is_distinct_from(trials.c.state)
    )
    not_begun = and_(trials.c.state == State.QUEUED, trials.c.epochs_recorded < 0, trials.c.tracked_state.is_(None))
    return and_(trials.c.tracking_error.is_(None), behind, not_(not_begun))


def _as_many_as_fit(rows: Sequence[Row[Any]], most_epochs: int) -> Sequence[Row[Any]]:
    """The first rows, at least one, whose unsent epochs stay within the bound."""
    total = 0
    for count, row in enumerate(rows):
        total += row.epochs_recorded - row.tracked_epoch
        if total > most_epochs and count > 0:
            return rows[:count]
    return rows


def _epochs_after_watermarks(
    connection: Connection, rows: Sequence[Row[Any]], limit: int | None
) -> Mapping[int, list[EpochRow]]:
    """Epoch rows of these trials after their watermarks, up to what the trial's own row tells of.

    The worker may have stored more since that row was read: those belong to the next batch.
    """
    found: dict[int, list[EpochRow]] = defaultdict(list)
    for first in range(0, len(rows), _CHUNK):
        ids = [row.id for row in rows[first : first + _CHUNK]]
        query = (
            select(epochs)
            .join(trials)
            .where(epochs.c.trial_id.in_(ids), epochs.c.epoch > trials.c.tracked_epoch)
            .order_by(epochs.c.trial_id, epochs.c.epoch)
            .limit(limit)
        )
        for row in connection.execute(query):
            found[row.trial_id].append(EpochRow(*row))
    known = {row.id: row.epochs_recorded for row in rows}
    return defaultdict(list, {key: [row for row in some if row.epoch <= known[key]] for key, some in found.items()})


def _targets(connection: Connection, ids: Sequence[int]) -> Mapping[int, dict[float, int]]:
    found: dict[int, dict[float, int]] = defaultdict(dict)
    for first in range(0, len(ids), _CHUNK):
        query = select(trial_targets).where(trial_targets.c.trial_id.in_(ids[first : first + _CHUNK]))
        for trial_id, target, epoch in connection.execute(query.order_by(trial_targets.c.target.desc())):
            found[trial_id][target] = epoch
    return found


def _unsent(row: Row[Any], rows: Sequence[EpochRow], targets: Mapping[float, int]) -> UnsentTrial:
    last = rows[-1].epoch if rows else row.tracked_epoch
    return UnsentTrial(tracked_trial(row, targets), tuple(rows), complete=last >= row.epochs_recorded)
