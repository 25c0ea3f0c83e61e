"""What a worker flushes about once a second. Public as `results.writes.jobs.append`.

A flush may be repeated: rows that are there stay as they are, and progress never goes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from results.clock import now
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, layer_epochs, trial_targets, trials
from results.text import storable
from results.values import Claim, Flush, TrialProgress
from results.writes.bulk import insert_many
from results.writes.fencing import renew_lease
from results.writes.inserting import insert_ignoring
from results.writes.saving_states import save_states
from sweeps.states import ENDED, State, Wanted


def append(connection: Connection, claim: Claim, flush: Flush, lease_seconds: float) -> Wanted:
    """Store a flush, renew the lease, and say what the user wants of the sweep.

    Raises `StaleAttempt`, having written nothing, when the job is no longer the claim's.
    """
    renew_lease(connection, claim, lease_seconds)
    moment = now(connection)
    insert_many(connection, epochs, flush.epochs)
    insert_many(connection, layer_epochs, flush.layers)
    _store_progress(connection, claim, flush.progress, moment)
    save_states(connection, flush.checkpoints, moment)
    if flush.machine is not None:
        _store_machine(connection, claim, flush.machine)
    query = select(sweeps.c.wanted).where(sweeps.c.id == claim.sweep_id)
    return Wanted(connection.execute(query).scalar_one())


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


def _store_progress(connection: Connection, claim: Claim, progress: Sequence[TrialProgress], moment: datetime) -> None:
    in_order = sorted(progress, key=lambda one: one.trial_id)  # the order of locks
    if not in_order:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in _columns(in_order[0], moment)}
    connection.execute(_UPDATE.values(columns), [_parameters(claim, one, moment) for one in in_order])
    targets = [
        {"trial_id": one.trial_id, "target": target, "epoch": epoch}
        for one in in_order
        for target, epoch in one.target_epochs.items()
    ]
    insert_ignoring(connection, trial_targets, targets)
    _cut(connection, in_order)


def _columns(one: TrialProgress, moment: datetime) -> dict[str, Any]:
    """The columns of a trial that its progress sets."""
    elsewhere = ("trial_id", "target_epochs", "started_at")
    columns = {name: value for name, value in vars(one).items() if name not in elsewhere}
    columns["error"] = None if one.error is None else storable(one.error)
    columns["finished_at"] = (one.finished_at or moment) if one.state in ENDED else None
    return columns


def _parameters(claim: Claim, one: TrialProgress, moment: datetime) -> dict[str, Any]:
    fence = {"of_trial": one.trial_id, "of_job": claim.job_id, "reached": one.epochs_recorded}
    return fence | {"ends": one.state in ENDED, "began": one.started_at} | _columns(one, moment)


def _cut(connection: Connection, progress: Sequence[TrialProgress]) -> None:
    """A trial ends with its last epoch, also where an earlier attempt, with another BLAS kernel, had gone further."""
    ended = [{"of_trial": one.trial_id, "last": one.epochs_recorded} for one in progress if one.state in ENDED]
    if not ended:
        return
    for table in (epochs, layer_epochs):
        beyond = (table.c.trial_id == bindparam("of_trial")) & (table.c.epoch > bindparam("last"))
        connection.execute(delete(table).where(beyond), ended)


def _store_machine(connection: Connection, claim: Claim, machine: Mapping[str, str | int]) -> None:
    ids = sorted(claimed.trial_id for claimed in claim.trials)
    kernel = machine.get("kernel")
    values = {"machine": dict(machine), "blas_kernel": None if kernel is None else str(kernel)[:50]}
    rows = [{"of_trial": trial_id} for trial_id in ids]
    this = trials.c.id == bindparam("of_trial")
    begun_elsewhere = this & (trials.c.epochs_recorded >= 0) & (trials.c.blas_kernel != values["blas_kernel"])
    connection.execute(update(trials).where(begun_elsewhere).values(digest=None), rows)  # a curve of two kernels
    connection.execute(update(trials).where(this).values(values), rows)
