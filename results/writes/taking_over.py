"""Finished trials of earlier sweeps become trials of a new one, whole: a copy by SQL, inside the sweep's transaction.

Where SQLite stores a large sweep in parts it is copied in parts, too. Called by `results.writes.sweeps` and
`submissions`. The copies keep the recorded times, so that MLflow gets those too; what depends on the sweep (its
targets) is read anew from the curves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Table, func, insert, literal, select, update

from results.errors import ResultsError
from results.tables.trials import checkpoints, epochs, layer_epochs, trial_targets, trials
from results.writes.inserting import insert_ignoring
from results.writes.planned_rows import PART, Begin, PlannedRows
from sweeps.plan import Plan
from sweeps.reuse import TrainedBefore
from sweeps.states import State

_CHUNK = 2000  # keys in one IN (...)
SLICE = 10_000  # rows that are copied in one transaction, where others wait for it
NUMBERS_A_ROW = 20  # numbers of a state that take as long as a row
# Which trial it is, and what MLflow knows of it; all else in the row of a trial is what its training left.
OWN = frozenset({"id", "sweep_id", "configuration_id", "job_id", "number", "replicate", "init_seed", "data_seed"})
OWN |= {"digest", "reused_from", "mlflow_run_id", "tracked_epoch", "tracked_state", "tracking_error"}
RESULTS = tuple(column.name for column in trials.columns if column.name not in OWN)
_donors = trials.alias("donors")
_taken = trials.alias("taken")


class DonorsChanged(ResultsError):
    """Trials that were to be taken over were put to work again meanwhile; `left` are the others."""

    def __init__(self, left: TrainedBefore) -> None:
        super().__init__("trials that were to be taken over changed meanwhile")
        self.left = left


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
    taken = _taken.c.sweep_id == sweep_id
    _copy_results(connection, trials.c.sweep_id == sweep_id)
    for table in (epochs, layer_epochs, checkpoints):
        _copy(connection, table, taken)
    for target in targets:
        _reach(connection, taken, target)


def row_counts(plan: Plan, rows: PlannedRows) -> dict[int, int]:
    """By number of each trial that is taken over: how many rows come with it, its final state counted by its size."""
    counts = {}
    for planned in (one for job in plan.taken_over for one in job.trials):
        configuration = planned.trial.configuration
        numbers = int(rows.configurations[planned.configuration_number]["parameter_count"])
        counts[planned.number] = 1 + configuration.epochs * (2 + len(configuration.layers)) + numbers // NUMBERS_A_ROW
    return counts


def take_over_in_parts(begin: Begin, sweep_id: int, plan: Plan, counts: Mapping[int, int]) -> None:
    """The same for a staged sweep: about `SLICE` rows in each transaction, which `begin` opens.

    Each looks whether the donors are still what they were; raises `DonorsChanged`.
    """
    with begin() as connection:
        mine = (trials.c.sweep_id == sweep_id) & trials.c.reused_from.is_not(None)
        keys = connection.execute(select(trials.c.id, trials.c.number).where(mine).order_by(trials.c.id)).all()
    for group in _groups([(row.id, counts[row.number]) for row in keys]):
        these = _taken.c.id.in_(group)
        with begin() as connection:
            _insist(connection, sweep_id, these, len(group), plan)
            _copy_results(connection, trials.c.id.in_(group))
            _copy(connection, checkpoints, these)
            end = connection.execute(select(func.max(_taken.c.epochs_recorded)).where(these)).scalar_one()
        for table in (epochs, layer_epochs):
            for epoch in range(0, end + 1, max(1, SLICE // len(group))):
                with begin() as connection:
                    _insist(connection, sweep_id, these, len(group), plan)
                    _copy(connection, table, these, table.c.epoch.between(epoch, epoch + SLICE // len(group) - 1))
        for target in plan.spec.targets:
            with begin() as connection:
                _reach(connection, these, target)


def _groups(sized: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Neighbouring keys, as many as have about `SLICE` rows."""
    group: list[int] = []
    rows = 0
    for key, count in sized:
        if group and (rows + count > SLICE or len(group) == PART):
            yield group
            group, rows = [], 0
        group.append(key)
        rows += count
    if group:
        yield group


def _insist(connection: Connection, sweep_id: int, these: ColumnElement[bool], count: int, plan: Plan) -> None:
    """Raise `DonorsChanged` unless all of these trials' donors have ended with the same digest."""
    same = (_donors.c.id == _taken.c.reused_from) & (_donors.c.digest == _taken.c.digest)
    query = select(func.count()).select_from(_taken.join(_donors, same)).where(these, _donors.c.state == State.FINISHED)
    if connection.execute(query).scalar_one() != count:
        numbers = select(trials.c.number, trials.c.digest).where(trials.c.sweep_id == sweep_id)
        digests = {row.number: row.digest for row in connection.execute(numbers)}
        raise DonorsChanged(hold(connection, TrainedBefore(plan.donors), digests))


def _copy_results(connection: Connection, here: ColumnElement[bool]) -> None:
    named = here & (trials.c.reused_from == _donors.c.id)
    connection.execute(update(trials).where(named).values({name: _donors.c[name] for name in RESULTS}))


def _copy(
    connection: Connection, table: Table, these: ColumnElement[bool], rows_of: ColumnElement[bool] | None = None
) -> None:
    rest = [column for column in table.columns if column.name != "trial_id"]
    rows = select(_taken.c.id, *rest).join_from(_taken, table, table.c.trial_id == _taken.c.reused_from)
    rows = rows.where(these) if rows_of is None else rows.where(these, rows_of)
    connection.execute(insert(table).from_select(["trial_id", *(column.name for column in rest)], rows))


def _reach(connection: Connection, these: ColumnElement[bool], target: float) -> None:
    """The first epoch of each of these trials that reached the target."""
    reached = select(_taken.c.id, func.min(epochs.c.epoch).label("epoch"))
    reached = reached.join_from(_taken, epochs, epochs.c.trial_id == _taken.c.id)
    reached = reached.where(these, _taken.c.reused_from.is_not(None))
    reached = reached.where(epochs.c.validation_cost <= literal(target)).group_by(_taken.c.id)
    rows = [{"trial_id": row.id, "target": target, "epoch": row.epoch} for row in connection.execute(reached)]
    insert_ignoring(connection, trial_targets, rows)
