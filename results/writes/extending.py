"""A sweep that has ended becomes a larger one: new rows for what is missing, the old trials queued to go on.

Called by the API. One transaction: the sweep has all of the extension or none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update

from engine.data.catalog import DatasetFacts
from engine.hyperparameters import Configuration
from results.clock import now
from results.errors import IllegalMove
from results.hyperparameter_columns import configuration_from
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import jobs, trials
from results.writes import planned_rows
from results.writes.digesting import digest_again
from results.writes.endings import end_sweep_if_done
from results.writes.locking import lock_rows, lock_sweep
from results.writes.reviving import count_untrained, dropped, jobs_of, requeue
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


def extend(
    connection: Connection,
    sweep_id: int,
    enlarge: Callable[[SweepSoFar], LargerSweep | str],
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
) -> tuple[int, ...]:
    """Store what `enlarge` makes of the sweep, and return the keys of the jobs to be sent.

    `enlarge` may answer with a sentence: why not. Raises `NoSuchSweep` and `IllegalMove`.
    """
    row = _held(connection, sweep_id)
    what = f"sweep {sweep_id}"
    so_far = _so_far(connection, row)
    larger = enlarge(so_far)
    if isinstance(larger, LargerSweep) and larger.continues_dropped:
        so_far = _so_far(connection, row, as_planned=True)
        larger = enlarge(so_far)
    if isinstance(larger, str):
        raise IllegalMove(what, row.state, larger)
    lock_rows(connection, jobs, jobs.c.sweep_id == sweep_id)
    lock_rows(connection, trials, trials.c.sweep_id == sweep_id)
    queued = _requeue(connection, sweep_id, larger, max_attempts)
    if not (queued or larger.missing.jobs or larger.missing.longer is not None or larger.searches):
        raise IllegalMove(what, row.state, "it has all of that already")
    moment = now(connection)
    queued += _store_new(connection, row, larger, datasets, max_attempts, moment)
    _set_epochs(connection, sweep_id, larger.missing.longer, so_far)
    _reopen(connection, row, larger)
    if not queued:  # more epochs of trials that were all dropped, failed or diverged
        end_sweep_if_done(connection, sweep_id, moment)
    return tuple(sorted(queued))


def _held(connection: Connection, sweep_id: int) -> Row[Any]:
    """The sweep's row, held; raises `IllegalMove` unless it has ended, and with something to build on."""
    state = State(lock_sweep(connection, sweep_id).state)
    if state not in EXTENSIBLE:
        raise IllegalMove(f"sweep {sweep_id}", state, "it can be extended once it has ended")
    complete = (trials.c.sweep_id == sweep_id) & trials.c.completed_epochs.is_not(None)
    if state is State.CANCELLED and connection.execute(select(trials.c.id).where(complete).limit(1)).first() is None:
        reason = "its user ended it before any trial had finished; submit its document again"
        raise IllegalMove(f"sweep {sweep_id}", state, reason)
    return connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one()


def _so_far(connection: Connection, row: Row[Any], as_planned: bool = False) -> SweepSoFar:
    query = select(configurations.c.hyperparameters).where(configurations.c.sweep_id == row.id)
    stored = connection.execute(query.order_by(configurations.c.number)).scalars()
    found = tuple(configuration_from(values) for values in stored)
    document = row.document
    before = None if as_planned else _epochs_before(connection, row.id, {one.epochs for one in found})
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


def _requeue(connection: Connection, sweep_id: int, larger: LargerSweep, max_attempts: int) -> list[int]:
    """Queue what is to train again or to train on from its last complete end; the keys of those jobs."""
    whole = (trials.c.state == State.FINISHED) & trials.c.diverged_epoch.is_(None)
    these: list[ColumnElement[bool]] = [dropped(sweep_id)] if larger.wished.dropped else []
    epochs = larger.missing.longer or larger.wished.epochs
    if epochs is not None:
        these.append((trials.c.sweep_id == sweep_id) & whole & (trials.c.completed_epochs < epochs))
    if not these:
        return []
    job_ids = jobs_of(connection, or_(*these))
    requeue(connection, job_ids, or_(*these), max_attempts)
    return job_ids


def _store_new(
    connection: Connection,
    row: Row[Any],
    larger: LargerSweep,
    datasets: Mapping[str, DatasetFacts],
    max_attempts: int,
    moment: datetime,
) -> list[int]:
    """The missing configurations, jobs and trials; the keys of the jobs."""
    added = Plan(larger.spec, larger.missing.configurations, larger.missing.jobs)
    dataset_ids = planned_rows.store_datasets(connection, added, datasets, moment)
    rows = planned_rows.rows_of(added, datasets, trial_digests(added, datasets), max_attempts, row.configuration_count)
    job_ids = planned_rows.store_rows(lambda: nullcontext(connection), row.id, rows, dataset_ids, moment)
    return [job_ids[job.number] for job in added.jobs]


def _set_epochs(connection: Connection, sweep_id: int, longer: int | None, so_far: SweepSoFar) -> None:
    """Give the configurations their number of epochs, where it changes, and their trials the digests for it."""
    changed = False
    query = select(configurations.c.id, configurations.c.hyperparameters)
    query = query.where(configurations.c.sweep_id == sweep_id).order_by(configurations.c.number)
    for before, (key, values) in zip(so_far.configurations, connection.execute(query).all(), strict=False):
        epochs = before.epochs if longer is None else longer
        if values["epochs"] != epochs:
            one = update(configurations).where(configurations.c.id == key)
            connection.execute(one.values(epochs=epochs, hyperparameters={**values, "epochs": epochs}))
            changed = True
    if changed:
        digest_again(connection, sweep_id)


def _reopen(connection: Connection, row: Row[Any], larger: LargerSweep) -> None:
    counted = select(func.count()).select_from(trials).where(trials.c.sweep_id == row.id).scalar_subquery()
    values: dict[str, Any] = {
        "state": State.RUNNING if row.started_at is not None else State.QUEUED,
        "wanted": Wanted.RUN,
        "stopped_because": _still_stopped(row, larger),
        "finished_at": None,
        "error": None,
        "tracked_state": None if row.tracked_state is None else State.RUNNING,
        "replicates": larger.spec.replicates,
        "run_cap": larger.spec.run_cap,
        "document": dict(larger.document),
        "notes": _notes(row.notes, larger.spec.notes, count_untrained(connection, row.id)),
        "configuration_count": row.configuration_count + len(larger.missing.configurations),
        "trial_count": counted,
        "job_count": row.job_count + len(larger.missing.jobs),
    }
    connection.execute(update(sweeps).where(sweeps.c.id == row.id).values(values))


def _still_stopped(row: Row[Any], larger: LargerSweep) -> str | None:
    """Why no more begins, from before: a search that its user ended stays ended unless more is asked of it."""
    if larger.wished.begins_more:
        return None
    cancelled = row.search is not None and row.wanted == Wanted.CANCEL
    return row.stopped_because or (CANCELLED if cancelled else None)


def _notes(before: Sequence[str], more: Sequence[str], left: int) -> list[str]:
    """Those there were and the new ones, each once; what was said of dropped trials is said anew."""
    kept = [note for note in dict.fromkeys((*before, *more)) if not note.endswith(LEFT)]
    return [*kept, f"{left:,} {LEFT}"] if left else kept
