"""Finished trials of earlier sweeps become trials of a new one, whole: a copy by SQL, inside the sweep's transaction.

Called by `results.writes.sweeps`. The copies keep the recorded times, so that MLflow gets those too; what depends on
the sweep (its targets) is read anew from the curves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, func, insert, literal, select, update

from results.tables.trials import checkpoints, epochs, layer_epochs, trial_targets, trials
from results.writes.inserting import insert_ignoring
from sweeps.reuse import TrainedBefore
from sweeps.states import State

_CHUNK = 2000  # keys in one IN (...)
# Which trial it is, and what MLflow knows of it; all else in the row of a trial is what its training left.
OWN = frozenset({"id", "sweep_id", "configuration_id", "job_id", "number", "replicate", "init_seed", "data_seed"})
OWN |= {"digest", "reused_from", "mlflow_run_id", "tracked_epoch", "tracked_state", "tracking_error"}
RESULTS = tuple(column.name for column in trials.columns if column.name not in OWN)
_donors = trials.alias("donors")
_taken = trials.alias("taken")


def hold(connection: Connection, before: TrainedBefore, digests: Mapping[int, str]) -> TrainedBefore:
    """Keep the donors as they are until the transaction ends; those that were put to work again meanwhile drop out."""
    keys = sorted(set(before.donors.values()))
    held: dict[int, str] = {}
    for first in range(0, len(keys), _CHUNK):
        here = trials.c.id.in_(keys[first : first + _CHUNK]) & (trials.c.state == State.FINISHED)
        query = select(trials.c.id, trials.c.digest).where(here).order_by(trials.c.id)  # the order of locks
        held |= {row.id: row.digest for row in connection.execute(query.with_for_update(key_share=True))}
    kept = {number: key for number, key in before.donors.items() if held.get(key) == digests[number]}
    return TrainedBefore(kept, before.sweep_ids if kept else ())


def take_over(connection: Connection, sweep_id: int, targets: Sequence[float]) -> None:
    """Copy results, curves, layers and final states to the trials of the sweep that name a donor."""
    here = (trials.c.sweep_id == sweep_id) & (trials.c.reused_from == _donors.c.id)
    connection.execute(update(trials).where(here).values({name: _donors.c[name] for name in RESULTS}))
    for table in (epochs, layer_epochs, checkpoints):
        _copy(connection, table, sweep_id)
    for target in targets:
        _reach(connection, sweep_id, target)


def _copy(connection: Connection, table: Table, sweep_id: int) -> None:
    rest = [column for column in table.columns if column.name != "trial_id"]
    rows = select(_taken.c.id, *rest).join_from(_taken, table, table.c.trial_id == _taken.c.reused_from)
    rows = rows.where(_taken.c.sweep_id == sweep_id)
    connection.execute(insert(table).from_select(["trial_id", *(column.name for column in rest)], rows))


def _reach(connection: Connection, sweep_id: int, target: float) -> None:
    """The first epoch of each of these trials that reached the target."""
    reached = select(_taken.c.id, func.min(epochs.c.epoch).label("epoch"))
    reached = reached.join_from(_taken, epochs, epochs.c.trial_id == _taken.c.id)
    reached = reached.where(_taken.c.sweep_id == sweep_id, _taken.c.reused_from.is_not(None))
    reached = reached.where(epochs.c.validation_cost <= literal(target)).group_by(_taken.c.id)
    rows = [{"trial_id": row.id, "target": target, "epoch": row.epoch} for row in connection.execute(reached)]
    insert_ignoring(connection, trial_targets, rows)
