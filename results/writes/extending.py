"""A sweep that has ended becomes a larger one: new rows for what is missing, the old trials queued to go on.

Called by the API. All is computed before the one transaction; the sweep then has all of the extension or none of it.
Large ones on SQLite are for `results.writes.extending_in_parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select, update

from engine.data.catalog import DatasetFacts
from engine.hyperparameters import Configuration
from results.clock import now
from results.errors import DatabaseUnusable, IllegalMove, NoSuchSweep
from results.hyperparameter_columns import configuration_from
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import jobs, trials
from results.writes import digesting, planned_rows
from results.writes.endings import busy_again, end_sweep_if_done
from results.writes.locking import lock_rows, lock_sweep
from results.writes.reviving import count_untrained, dropped, jobs_of, requeue
from results.writes.submissions import LARGE, insist_on_rest
from sweeps.digests import trial_digests
from sweeps.extending import Extension, Missing, with_epochs
from sweeps.plan import Plan
from sweeps.spec import SweepSpec
from sweeps.states import State, Wanted

EXTENSIBLE = frozenset({State.FINISHED, State.FAILED, State.CANCELLED})
CANCELLED = "cancelled by its user"
LEFT = "trials that were dropped when no more were to begin stay untrained; extend it with dropped: true for those."


@dataclass(frozen=True)
class SweepSoFar:
    """What an extension starts from: the document, the configurations by number, and the counts.

    After an earlier extension that no trial completed, document and configurations have the epochs from before it.
    """

    document: Mapping[str, Any]
    configurations: tuple[Configuration, ...]
    replicates: int
    trial_count: int
    job_count: int


@dataclass(frozen=True)
class LargerSweep:
    """What an extension leads to: its document and spec, what of it is missing, and what was wished."""

    document: Mapping[str, Any]
    spec: SweepSpec
    missing: Missing
    wished: Extension

    @property
    def continues_dropped(self) -> bool:
        """Whether what was dropped is to be trained as far as it was planned."""
        return self.wished.dropped and self.wished.epochs is None

    @property
    def searches(self) -> bool:
        """Whether an adaptive search proposes more: one that was stopped only goes on where more is asked of it."""
        return self.missing.searching and self.wished.begins_more


@dataclass(frozen=True)
class PreparedExtension:
    """An extension with all that can be computed before its transaction.

    `version`: what of the sweep it rests on; `epochs`: what every configuration gets, where that changes; `changed`:
    the hyperparameters by key of those that do not have it yet; `digests`: of the old trials, by key (none where it is
    stored in parts: they are computed part by part); `old_trials`: how many there are.
    """

    sweep_id: int
    version: tuple[object, ...]
    larger: LargerSweep
    added: Plan
    rows: planned_rows.PlannedRows
    epochs: int | None
    changed: Mapping[int, Mapping[str, Any]]
    digests: Mapping[int, str | None]
    datasets: Mapping[str, DatasetFacts]
    max_attempts: int
    old_trials: int
    in_parts: bool

    @property
    def reopening(self) -> Reopening:
        """What the sweep's row becomes."""
        spec, missing = self.larger.spec, self.larger.missing
        return Reopening(
            document=self.larger.document,
            notes=spec.notes,
            replicates=spec.replicates,
            run_cap=spec.run_cap,
            configurations=len(missing.configurations),
            trials=sum(len(job.trials) for job in missing.jobs),
            jobs=len(missing.jobs),
            begins_more=self.larger.wished.begins_more,
            dropped=self.larger.wished.dropped,
        )


@dataclass(frozen=True)
class Reopening:
    """What an extension makes of the sweep's row: document, notes and limits; and how much comes to its counts.

    `begins_more`: whether a sweep that was stopped begins trials again; `dropped`: whether what was dropped continues.
    """

    document: Mapping[str, Any]
    notes: Sequence[str]
    replicates: int
    run_cap: int | None
    configurations: int
    trials: int
    jobs: int
    begins_more: bool
    dropped: bool


class SweepChanged(DatabaseUnusable):
    """The sweep is not what an extension was prepared for; to be prepared again."""


def extend(
    connection: Connection,
    sweep_id: int,
    enlarge: Callable[[SweepSoFar], LargerSweep | str],
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
) -> tuple[int, ...]:
    """Prepare and store in one transaction: for small sweeps, and where nobody else waits. Raises as both do."""
    return store(connection, prepare(lambda: nullcontext(connection), sweep_id, enlarge, datasets, max_attempts))


def prepare(
    read: planned_rows.Begin,
    sweep_id: int,
    enlarge: Callable[[SweepSoFar], LargerSweep | str],
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
) -> PreparedExtension:
    """Read the sweep, and compute what `enlarge` makes of it; `read` opens a transaction to read in.

    `enlarge` may answer with a sentence: why not. Raises `NoSuchSweep` and `IllegalMove`.
    """
    with read() as connection:
        row = _extensible(connection, sweep_id)
        query = select(configurations.c.id, configurations.c.hyperparameters)
        query = query.where(configurations.c.sweep_id == sweep_id).order_by(configurations.c.number)
        stored = {one.id: one.hyperparameters for one in connection.execute(query)}
        before = _epochs_before(connection, sweep_id, {values["epochs"] for values in stored.values()})
    larger = enlarge(_so_far(row, stored.values(), before))
    if isinstance(larger, LargerSweep) and larger.continues_dropped and before is not None:
        before = None
        larger = enlarge(_so_far(row, stored.values(), before))
    if isinstance(larger, str):
        raise IllegalMove(f"sweep {sweep_id}", row.state, larger)
    epochs = before if larger.missing.longer is None else larger.missing.longer
    changed = {key: values for key, values in stored.items() if epochs is not None and values["epochs"] != epochs}
    added = Plan(larger.spec, larger.missing.configurations, larger.missing.jobs)
    count = row.trial_count + sum(len(job.trials) for job in added.jobs)
    trained: list[Row[Any]] = []
    with read() as connection:
        in_parts = connection.dialect.name == "sqlite" and count > LARGE
        if changed and not in_parts:
            trained = digesting.read(connection, sweep_id)
    digests = trial_digests(added, datasets)
    return PreparedExtension(
        sweep_id=sweep_id,
        version=_version(row),
        larger=larger,
        added=added,
        rows=planned_rows.rows_of(added, datasets, digests, max_attempts, row.configuration_count),
        epochs=epochs,
        changed={key: {**values, "epochs": epochs} for key, values in changed.items()},
        digests={one.id: digesting.anew(one, epochs) for one in trained},
        datasets=datasets,
        max_attempts=max_attempts,
        old_trials=row.trial_count,
        in_parts=in_parts,
    )


def store(connection: Connection, prepared: PreparedExtension) -> tuple[int, ...]:
    """Store the extension, and return the keys of the jobs to be sent.

    Raises `NoSuchSweep`, `IllegalMove`, and `SweepChanged` where the sweep is not what it was.
    """
    sweep_id, larger = prepared.sweep_id, prepared.larger
    row = hold(connection, prepared)
    lock_rows(connection, jobs, jobs.c.sweep_id == sweep_id)
    lock_rows(connection, trials, trials.c.sweep_id == sweep_id)
    these = to_continue(prepared)
    queued = [] if these is None else jobs_of(connection, these)
    if these is not None:
        requeue(connection, queued, these, prepared.max_attempts)
    if not (queued or larger.missing.jobs or larger.missing.longer is not None or larger.searches):
        raise IllegalMove(f"sweep {sweep_id}", row.state, "it has all of that already")
    moment = now(connection)
    dataset_ids = planned_rows.store_datasets(connection, prepared.added, prepared.datasets, moment)
    job_ids = planned_rows.store_rows(lambda: nullcontext(connection), sweep_id, prepared.rows, dataset_ids, moment)
    queued += [job_ids[job.number] for job in prepared.added.jobs]
    _set_epochs(connection, prepared)
    reopen(connection, row, prepared.reopening)
    if not queued:  # more epochs of trials that were all dropped, failed or diverged
        end_sweep_if_done(connection, sweep_id, moment)
    return tuple(sorted(queued))


def hold(connection: Connection, prepared: PreparedExtension) -> Row[Any]:
    """The sweep's row, held until the transaction ends; raises as `store`."""
    lock_sweep(connection, prepared.sweep_id)
    row = _extensible(connection, prepared.sweep_id)
    if _version(row) != prepared.version:
        raise SweepChanged(f"sweep {prepared.sweep_id} has changed meanwhile; try again")
    return row


def _extensible(connection: Connection, sweep_id: int) -> Row[Any]:
    """The sweep's row; raises `IllegalMove` unless it has ended, and with something to build on."""
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one_or_none()
    if row is None:
        raise NoSuchSweep(sweep_id)
    state = State(row.state)
    if state not in EXTENSIBLE:
        raise IllegalMove(f"sweep {sweep_id}", state, "it can be extended once it has ended")
    insist_on_rest(connection, sweep_id, state)
    complete = (trials.c.sweep_id == sweep_id) & trials.c.completed_epochs.is_not(None)
    if state is State.CANCELLED and connection.execute(select(trials.c.id).where(complete).limit(1)).first() is None:
        reason = "its user ended it before any trial had finished; submit its document again"
        raise IllegalMove(f"sweep {sweep_id}", state, reason)
    return row


def _version(row: Row[Any]) -> tuple[object, ...]:
    """What changes whenever an ended sweep is put to work again, or has been."""
    counts = (row.configuration_count, row.trial_count, row.job_count, row.generation, row.replicates)
    return (row.state, row.wanted, row.stopped_because, row.finished_at, *counts, row.document)


def _so_far(row: Row[Any], stored: Iterable[Mapping[str, Any]], before: int | None) -> SweepSoFar:
    """The sweep, with the epochs from `before` an extension that no trial completed."""
    found = tuple(configuration_from(values) for values in stored)
    document = row.document
    if before is not None:
        document = with_epochs(document, before)
        found = tuple(replace(one, epochs=before) for one in found)
    return SweepSoFar(document, found, row.replicates, row.trial_count, row.job_count)


def _epochs_before(connection: Connection, sweep_id: int, planned: Collection[int]) -> int | None:
    """The epochs of all trials before an extension that none of them completed; None where there was none."""
    if len(planned) != 1:
        return None
    here = select(func.max(trials.c.completed_epochs)).where(trials.c.sweep_id == sweep_id)
    whole = (trials.c.state == State.FINISHED) & trials.c.diverged_epoch.is_(None)
    longest, furthest = (connection.execute(query).scalar_one() for query in (here.where(whole), here))
    given_up = longest is not None and longest < max(planned) and furthest == longest
    return int(longest) if given_up else None


def to_continue(prepared: PreparedExtension) -> ColumnElement[bool] | None:
    """The trials that are to train again, or on from their last complete end."""
    larger = prepared.larger
    return trials_to_continue(prepared.sweep_id, larger.wished.dropped, larger.missing.longer or larger.wished.epochs)


def trials_to_continue(sweep_id: int, with_dropped: bool, epochs: int | None) -> ColumnElement[bool] | None:
    """Those of the sweep that were dropped, and those that have completed fewer epochs; None: nothing was wished."""
    whole = (trials.c.state == State.FINISHED) & trials.c.diverged_epoch.is_(None)
    these: list[ColumnElement[bool]] = [dropped(sweep_id)] if with_dropped else []
    if epochs is not None:
        these.append((trials.c.sweep_id == sweep_id) & whole & (trials.c.completed_epochs < epochs))
    return or_(*these) if these else None


def _set_epochs(connection: Connection, prepared: PreparedExtension) -> None:
    """Give the configurations their number of epochs, where it changes, and their trials the digests for it."""
    if not prepared.changed:
        return
    if connection.dialect.name == "sqlite":  # one statement: others wait for it
        here = (configurations.c.sweep_id == prepared.sweep_id) & (configurations.c.epochs != prepared.epochs)
        longer = func.json_set(configurations.c.hyperparameters, "$.epochs", prepared.epochs)
        connection.execute(update(configurations).where(here).values(epochs=prepared.epochs, hyperparameters=longer))
    else:
        one = update(configurations).where(configurations.c.id == bindparam("of_configuration"))
        values: dict[str, Any] = {"epochs": prepared.epochs, "hyperparameters": bindparam("values")}
        rows = [{"of_configuration": key, "values": values} for key, values in prepared.changed.items()]
        connection.execute(one.values(values), rows)
    digesting.store(connection, prepared.digests)


def reopen(connection: Connection, row: Row[Any], becomes: Reopening) -> None:
    """Give the sweep's row, which has ended, what the extension makes of it: it is at work again."""
    left = 0 if becomes.dropped else count_untrained(connection, row.id)
    values: dict[str, Any] = {
        "state": State.RUNNING if row.started_at is not None else State.QUEUED,
        "wanted": Wanted.RUN,
        "stopped_because": _still_stopped(row, becomes),
        "finished_at": None,
        **busy_again(row, now(connection)),
        "error": None,
        "tracked_state": None if row.tracked_state is None else State.RUNNING,
        "replicates": becomes.replicates,
        "run_cap": becomes.run_cap,
        "document": dict(becomes.document),
        "notes": _notes(row.notes, becomes.notes, left),
        "configuration_count": row.configuration_count + becomes.configurations,
        "trial_count": row.trial_count + becomes.trials,
        "job_count": row.job_count + becomes.jobs,
    }
    connection.execute(update(sweeps).where(sweeps.c.id == row.id).values(values))


def _still_stopped(row: Row[Any], becomes: Reopening) -> str | None:
    """Why no more begins, from before: a search that its user ended stays ended unless more is asked of it."""
    if becomes.begins_more:
        return None
    cancelled = row.search is not None and row.wanted == Wanted.CANCEL
    return row.stopped_because or (CANCELLED if cancelled else None)


def _notes(before: Sequence[str], more: Sequence[str], left: int) -> list[str]:
    """Those there were and the new ones, each once; what was said of dropped trials is said anew."""
    kept = [note for note in dict.fromkeys((*before, *more)) if not note.endswith(LEFT)]
    return [*kept, f"{left:,} {LEFT}"] if left else kept
