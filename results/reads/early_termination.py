"""What early termination did in a sweep: its decisions, and the epochs it saved. Called by the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from results.errors import NoSuchSweep
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import decisions, trials
from sweeps.early_termination.policy import Policy
from sweeps.parsing.early_termination import policy_of
from sweeps.states import State


@dataclass(frozen=True)
class Decision:
    """One verdict, as it is stored; `number`: its trial's in the sweep. `state`: what the trial is in now."""

    trial_id: int
    number: int
    epoch: int
    rule: str
    value: float | None
    threshold: float | None
    verdict: str
    audited: bool
    decided_at: datetime
    state: State
    epochs_recorded: int
    epochs_planned: int


@dataclass(frozen=True)
class Stopping:
    """The policy of a sweep (None: it has none), the lengths of its trials, and the decisions, in order of epoch.

    `epochs_recorded`, `epochs_planned`: over all trials, epoch 0 not counted.
    """

    policy: Policy | None
    lengths: tuple[int, ...]
    epochs_recorded: int
    epochs_planned: int
    decisions: tuple[Decision, ...]


def stopping(connection: Connection, sweep_id: int) -> Stopping:
    """All of it; raises `NoSuchSweep`."""
    sweep = connection.execute(select(sweeps.c.document, sweeps.c.seed).where(sweeps.c.id == sweep_id)).one_or_none()
    if sweep is None:
        raise NoSuchSweep(sweep_id)
    lengths = select(configurations.c.epochs).where(configurations.c.sweep_id == sweep_id).distinct()
    reached = func.sum(func.coalesce(func.nullif(trials.c.epochs_recorded, -1), 0))
    counted = select(reached, func.sum(configurations.c.epochs)).select_from(trials.join(configurations))
    recorded, planned = connection.execute(counted.where(trials.c.sweep_id == sweep_id)).one()
    return Stopping(
        policy_of(sweep.document, sweep.seed),
        tuple(sorted(connection.execute(lengths).scalars())),
        int(recorded or 0),
        int(planned or 0),
        _decisions(connection, sweep_id),
    )


def _decisions(connection: Connection, sweep_id: int) -> tuple[Decision, ...]:
    own = [decisions.c[name] for name in Decision.__dataclass_fields__ if name in decisions.c]
    theirs = (trials.c.number, trials.c.state, trials.c.epochs_recorded, configurations.c.epochs.label("planned"))
    query = (
        select(*own, *theirs)
        .select_from(decisions.join(trials).join(configurations))
        .where(trials.c.sweep_id == sweep_id)
        .order_by(decisions.c.epoch, trials.c.number)
    )
    return tuple(
        Decision(
            **{column.name: row._mapping[column.name] for column in own},
            number=row.number,
            state=State(row.state),
            epochs_recorded=row.epochs_recorded,
            epochs_planned=row.planned,
        )
        for row in connection.execute(query)
    )
