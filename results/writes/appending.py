"""What a worker flushes about once a second. Public as `results.writes.jobs.append`.

A flush may be repeated: rows that are there stay as they are, and progress never goes back. Of a trial that has had a
complete end the results stay what they were then until it has the next one: only its curve grows meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from results.clock import now
from results.reads.ledger import arithmetic, repeats
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, layer_epochs, trial_targets, trials
from results.text import storable
from results.values import Claim, Flush, TrialProgress
from results.writes.bulk import insert_many
from results.writes.endings import open_trials, return_to_complete_end
from results.writes.fencing import renew_lease
from results.writes.inserting import insert_ignoring
from results.writes.locking import lock_rows
from results.writes.saving_states import save_states
from sweeps.states import COMPLETE, ENDED, State, Wanted


def append(connection: Connection, claim: Claim, flush: Flush, lease_seconds: float) -> Wanted:
    """Store a flush, renew the lease, and say what the user wants of the sweep.

    Raises `StaleAttempt`, having written nothing, when the job is no longer the claim's.
    """
    renew_lease(connection, claim, lease_seconds, advances=bool(flush.epochs))
    moment = now(connection)
    insert_many(connection, epochs, flush.epochs)
    insert_many(connection, layer_epochs, flush.layers)
    extended = frozenset(one.trial_id for one in claim.trials if one.completed_epochs is not None)
    given_up = {one.trial_id for one in flush.progress if one.trial_id in extended and _gives_up(one)}
    _store_progress(connection, claim, flush.progress, extended, moment)
    save_states(connection, [one for one in flush.checkpoints if one.trial_id not in given_up], extended, moment)
    if given_up:
        these = (trials.c.job_id == claim.job_id) & trials.c.id.in_(given_up)
        return_to_complete_end(connection, open_trials(these))
    if flush.machine is not None:
        _store_machine(connection, claim, flush.machine, extended - _completed(flush.progress))
    query = select(sweeps.c.wanted).where(sweeps.c.id == claim.sweep_id)
    return Wanted(connection.execute(query).scalar_one())


def _completed(progress: Sequence[TrialProgress]) -> frozenset[int]:
    """The trials that have a complete end with this."""
    return frozenset(one.trial_id for one in progress if one.state in COMPLETE)


def _gives_up(one: TrialProgress) -> bool:
    """Whether the trial ends without a complete end."""
    return one.state in ENDED and one.state not in COMPLETE


# Progress that lies behind what is stored comes from an attempt that began again; it counts once it has caught up, or
# when the trial has ended. A trial that has ended does not move any more.
_UPDATE = (
    update(trials)
    .where(
        trials.c.id == bindparam("of_trial"),
        trials.c.job_id == bindparam("of_job"),
        trials.c.state == State.RUNNING,
        or_(trials.c.epochs_recorded <= bindparam("reached"), bindparam("ends")),
    )
    .values(started_at=func.coalesce(trials.c.started_at, bindparam("began", type_=trials.c.started_at.type)))
)


def _store_progress(
    connection: Connection,
    claim: Claim,
    progress: Sequence[TrialProgress],
    extended: Collection[int],
    moment: datetime,
) -> None:
    in_order = sorted(progress, key=lambda one: one.trial_id)  # the order of locks
    growing = [one for one in in_order if one.trial_id in extended and one.state not in COMPLETE]
    whole = [one for one in in_order if one.trial_id not in extended or one.state in COMPLETE]
    if growing and whole:
        lock_rows(connection, trials, trials.c.id.in_([one.trial_id for one in in_order]))
    _update(connection, claim, [(one, {"epochs_recorded": one.epochs_recorded, "ends": False}) for one in growing])
    _update(connection, claim, [(one, _columns(one, moment) | {"ends": one.state in ENDED}) for one in whole])
    targets = [
        {"trial_id": one.trial_id, "target": target, "epoch": epoch}
        for one in whole
        for target, epoch in one.target_epochs.items()
    ]
    insert_ignoring(connection, trial_targets, targets)
    _cut(connection, whole)


def _update(connection: Connection, claim: Claim, rows: Sequence[tuple[TrialProgress, dict[str, Any]]]) -> None:
    """Store these columns of each trial; all rows have the same ones. `ends`: whether with fewer epochs too."""
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0][1] if name != "ends"}
    connection.execute(_UPDATE.values(columns), [_fence(claim, one) | own for one, own in rows])


def _columns(one: TrialProgress, moment: datetime) -> dict[str, Any]:
    """The columns of a trial that its progress sets."""
    elsewhere = ("trial_id", "target_epochs", "started_at")
    columns = {name: value for name, value in vars(one).items() if name not in elsewhere}
    columns["error"] = None if one.error is None else storable(one.error)
    columns["finished_at"] = (one.finished_at or moment) if one.state in ENDED else None
    complete = one.state in COMPLETE
    columns["completed_epochs"] = one.epochs_recorded if complete else None
    columns["completed_at"] = columns["finished_at"] if complete else None
    return columns


def _fence(claim: Claim, one: TrialProgress) -> dict[str, Any]:
    fence = {"of_trial": one.trial_id, "of_job": claim.job_id, "reached": one.epochs_recorded}
    return fence | {"began": one.started_at}


def _cut(connection: Connection, progress: Sequence[TrialProgress]) -> None:
    """A trial ends with its last epoch, also where an earlier attempt, with another BLAS kernel, had gone further."""
    ended = [{"of_trial": one.trial_id, "last": one.epochs_recorded} for one in progress if one.state in ENDED]
    if not ended:
        return
    for table in (epochs, layer_epochs):
        beyond = (table.c.trial_id == bindparam("of_trial")) & (table.c.epoch > bindparam("last"))
        connection.execute(delete(table).where(beyond), ended)


def _store_machine(
    connection: Connection, claim: Claim, machine: Mapping[str, str | int], extended: Collection[int]
) -> None:
    """What trains the claim's trials; those that are being `extended` keep what trained them up to their end."""
    ids = sorted(claimed.trial_id for claimed in claim.trials)
    kernel = machine.get("kernel")
    values = {"machine": dict(machine), "blas_kernel": None if kernel is None else str(kernel)[:50]}
    rows = [{"of_trial": trial_id} for trial_id in ids]
    this = trials.c.id == bindparam("of_trial")
    mixed = [
        {"of_trial": trial_id} for trial_id in _begun_elsewhere(connection, claim, machine) if trial_id in set(ids)
    ]
    if mixed:
        connection.execute(update(trials).where(this).values(digest=None), mixed)
    trained = [row for row in rows if row["of_trial"] not in extended]
    if trained:
        connection.execute(update(trials).where(this).values(values), trained)


def _begun_elsewhere(connection: Connection, claim: Claim, machine: Mapping[str, str | int]) -> list[int]:
    """Trials whose curve began on a machine that computes otherwise: what follows may be of other bits."""
    query = select(trials.c.id, trials.c.machine).where(trials.c.job_id == claim.job_id, trials.c.epochs_recorded >= 0)
    begun = connection.execute(query.order_by(trials.c.id)).all()
    here = arithmetic(machine)
    return [row.id for row in begun if row.machine and not (arithmetic(row.machine) == here and repeats(row.machine))]
