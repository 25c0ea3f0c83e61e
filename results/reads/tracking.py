"""What MLflow lacks: sweeps and trials whose state or epochs lie ahead of their watermarks, in bounded batches.

Read by `tracking.passes`. Each query finds its rows by a partial index that holds what is unsent and nothing else
(`SWEEP_UNSENT`, `TRIAL_UNSENT`): a pass over a long history costs what is new in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from results.reads.tracking_rows import TRIAL_COLUMNS, tracked_sweep, tracked_trial
from results.reads.tracking_values import Lag, TrackedSweep, UnsentTrial
from results.tables.sweeps import IN_DOUBT, SWEEP_SENT, SWEEP_UNSENT, configurations, datasets, sweeps
from results.tables.tracker import tracker
from results.tables.trials import TRIAL_UNSENT, epochs, jobs, trial_targets, trials
from results.values import EpochRow
from sweeps.states import ENDED

_CHUNK = 500  # ids in one IN (...)
MOST_COUNTED = 100_000  # of what is unsent: a count without end would cost what it counts


def unsent_sweeps(connection: Connection, before: int | None, most: int) -> list[TrackedSweep]:
    """Sweeps with something to send, newest first, from below the key `before`; those set aside are left out."""
    query = select(sweeps).where(_something_to_send()).order_by(sweeps.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(sweeps.c.id < before)
    return [tracked_sweep(row) for row in connection.execute(query)]


def unsent_sweep(connection: Connection, sweep_id: int) -> TrackedSweep | None:
    """The sweep as it is now; None once nothing of it is to be sent."""
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id, SWEEP_UNSENT)).one_or_none()
    return None if row is None else tracked_sweep(row)


def ended_with(connection: Connection, job_id: int) -> bool:
    """Whether the job's sweep has ended, and MLflow was not told."""
    its_sweep = select(jobs.c.sweep_id).where(jobs.c.id == job_id).scalar_subquery()
    query = select(sweeps.c.id).where(sweeps.c.id == its_sweep, sweeps.c.state.in_(ENDED), SWEEP_UNSENT)
    return connection.execute(query).one_or_none() is not None


def newest_sent(connection: Connection) -> dict[int, str]:
    """Key and parent run of the newest sweep that MLflow should know; empty where it should know none."""
    return _sent(connection, SWEEP_SENT, 1)


def in_doubt(connection: Connection, most: int) -> dict[int, str]:
    """Key and parent run of sweeps that MLflow may have lost, newest first."""
    return _sent(connection, IN_DOUBT & SWEEP_SENT, most)


def doubted(connection: Connection, sweep_ids: Sequence[int]) -> list[int]:
    """Those of the sweeps that MLflow may have lost."""
    return list(connection.execute(select(sweeps.c.id).where(sweeps.c.id.in_(sweep_ids), IN_DOUBT)).scalars())


def trial_count(connection: Connection, sweep_id: int) -> int:
    """Trials of a sweep; their numbers are those below."""
    return int(connection.execute(select(sweeps.c.trial_count).where(sweeps.c.id == sweep_id)).scalar_one())


def lag(connection: Connection) -> Lag:
    """What MLflow lacks and why; those set aside do not count, and no more than `MOST_COUNTED` are counted."""
    waiting = select(sweeps.c.id).where(_something_to_send()).limit(MOST_COUNTED).subquery()
    theirs = trials.c.sweep_id.in_(select(sweeps.c.id).where(SWEEP_UNSENT))
    unsent = select(trials.c.id).where(theirs, TRIAL_UNSENT).limit(MOST_COUNTED).subquery()
    oldest = select(func.min(sweeps.c.finished_at)).where(SWEEP_UNSENT, sweeps.c.state.in_(ENDED))
    count = connection.execute(select(func.count()).select_from(waiting)).scalar_one()
    fares = connection.execute(select(tracker)).one()
    return Lag(
        sweeps=count,
        trials=connection.execute(select(func.count()).select_from(unsent)).scalar_one() if count else 0,
        oldest_end=connection.execute(oldest).scalar() if count else None,
        passed_at=fares.passed_at,
        error=fares.error,
        error_since=fares.error_since,
    )


def unsent_trials(connection: Connection, sweep_id: int, most_trials: int, most_epochs: int) -> list[UnsentTrial]:
    """The next trials of a sweep to send, those with the fewest epochs in MLflow first, with their unsent epochs.

    At most `most_epochs` epoch rows altogether: the last trial of the list may come incomplete.
    """
    query = (
        select(*TRIAL_COLUMNS)
        .select_from(trials.join(configurations).join(datasets))
        .where(trials.c.sweep_id == sweep_id, TRIAL_UNSENT)
        .order_by(trials.c.tracked_epoch, trials.c.id)
        .limit(most_trials)
    )
    rows = connection.execute(query).all()
    rows = _as_many_as_fit(rows, most_epochs)
    found = _epochs_after_watermarks(connection, rows, most_epochs if len(rows) == 1 else None)
    targets = _targets(connection, [row.id for row in rows])
    return [_unsent(row, found[row.id], targets[row.id]) for row in rows]


def _something_to_send() -> ColumnElement[bool]:
    """Whether a sweep's own run is behind, or one of its trials'."""
    own = or_(
        sweeps.c.mlflow_run_id.is_(None), sweeps.c.tracked_state.is_(None), sweeps.c.tracked_state != sweeps.c.state
    )
    return and_(SWEEP_UNSENT, or_(own, exists().where(trials.c.sweep_id == sweeps.c.id, TRIAL_UNSENT)))


def _sent(connection: Connection, condition: ColumnElement[bool], most: int) -> dict[int, str]:
    query = select(sweeps.c.id, sweeps.c.mlflow_run_id).where(condition).order_by(sweeps.c.id.desc()).limit(most)
    return {row.id: row.mlflow_run_id for row in connection.execute(query)}


def _as_many_as_fit(rows: Sequence[Row[Any]], most_epochs: int) -> Sequence[Row[Any]]:
    """The first rows, at least one, whose unsent epochs stay within the bound."""
    total = 0
    for count, row in enumerate(rows):
        total += max(0, row.epochs_recorded - row.tracked_epoch)  # below 0: an extension was given up
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
