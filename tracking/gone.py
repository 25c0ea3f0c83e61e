"""What MLflow no longer has: an emptied one is filled again from SQL, a run its user deleted stays deleted.

Looked for are the newest sweep and those that have something to send. Where one of these is missing, all that were sent
are in doubt: a mark in SQL, so that they are looked for batch by batch, in as many passes as it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from results.database import Database
from results.reads import tracking as reads
from results.writes import tracking as writes
from tracking.destination import DELETED, Destination, Stage
from tracking.report import TrackingReport

_ROWS = 2_000  # that one transaction changes: other writers wait for a moment only


def settle(
    database: Database,
    destination: Destination,
    sent: Mapping[int, str],
    report: TrackingReport,
    over: Callable[[], bool],
) -> frozenset[int]:
    """Forget those of the sweeps (key -> parent run) that MLflow lost, and leave the deleted ones alone.

    At least one is forgotten. Returns the lost ones that are left when `over` says that the time is up; they stay in
    doubt.
    """
    if not sent:
        return frozenset()
    stages = destination.stages(list(sent.values()))
    missing = [sweep_id for sweep_id, run_id in sent.items() if stages[run_id] is Stage.MISSING]
    deleted = [sweep_id for sweep_id, run_id in sent.items() if stages[run_id] is Stage.DELETED]
    for sweep_id in deleted:
        with database.write() as connection:
            writes.set_aside_sweep(connection, sweep_id, DELETED)
            report.set_aside += 1
    _doubt_others(database, missing)
    left = list(reversed(missing))
    while left:
        forget(database, left.pop())
        report.forgotten_sweeps += 1
        if over():
            break
    lost = frozenset(left)
    with database.read() as connection:
        doubted = reads.doubted(connection, [sweep_id for sweep_id in sent if sweep_id not in lost])
    if doubted:
        with database.write() as connection:
            writes.clear_doubt(connection, doubted)
    return lost


def forget(database: Database, sweep_id: int) -> None:
    """MLflow lost the sweep: everything about it is to be sent again. Its own row is the last, so this may be cut."""
    with database.read() as connection:
        count = reads.trial_count(connection, sweep_id)
    for first in range(0, count, _ROWS):
        with database.write() as connection:
            writes.forget_trials(connection, sweep_id, first, first + _ROWS - 1)
    with database.write() as connection:
        writes.forget_sweep(connection, sweep_id)


def _doubt_others(database: Database, missing: Sequence[int]) -> None:
    """Mark all that were sent, unless these are missing because of a loss that was noticed before."""
    if not missing:
        return
    with database.read() as connection:
        if len(reads.doubted(connection, missing)) == len(missing):
            return
        newest = reads.newest_sent(connection)
    for first in range(0, max(newest, default=-1) + 1, _ROWS):
        with database.write() as connection:
            writes.doubt_all(connection, first, first + _ROWS - 1)
