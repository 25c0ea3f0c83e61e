"""What a sweep's training left, bit for bit, and how two such records differ. Times and keys are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from results.database import Database
from results.tables.trials import epochs, layer_epochs, trial_targets, trials

_FINDINGS = tuple(
    trials.c[name]
    for name in (
        "init_seed", "data_seed", "outcome", "epochs_recorded", "diverged_epoch", "best_train_cost",
        "best_validation_cost", "best_epoch", "best_validation_accuracy", "final_train_cost", "final_validation_cost",
        "final_train_accuracy", "final_validation_accuracy", "blas_kernel",
    )
)  # fmt: skip
_NOT_BITS = ("trial_id", "epoch_seconds", "recorded_at")
Rows = Mapping[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Record:
    """By trial number: `states`, `findings`; by number and epoch, layer or target: the others."""

    states: Mapping[int, str]
    findings: Rows
    curves: Rows
    layers: Rows
    targets: Rows


def record(database: Database, sweep_id: int) -> Record:
    """All that is promised to be the same however the sweep was disturbed."""
    mine = trials.c.sweep_id == sweep_id
    with database.read() as connection:
        found = connection.execute(select(trials.c.number, trials.c.state, *_FINDINGS).where(mine)).all()
        return Record(
            {row.number: row.state for row in found},
            {(row.number,): tuple(row[2:]) for row in found},
            _rows(connection, epochs, sweep_id, 1),
            _rows(connection, layer_epochs, sweep_id, 2),
            _rows(connection, trial_targets, sweep_id, 1),
        )


def differences(found: Record, undisturbed: Record) -> list[str]:
    """What differs: nothing may for finished trials; the others' curves are the same as far as they go."""
    said = [] if found.states.keys() == undisturbed.states.keys() else ["the trials' numbers differ"]
    whole = {number for number, state in found.states.items() if state == "finished"}
    for name in ("findings", "curves", "layers", "targets"):
        ours, theirs = getattr(found, name), getattr(undisturbed, name)
        # Of trials that ended early the findings are those of a shorter curve.
        prefix = () if name == "findings" else ours.items()
        wrong = {key for key, row in prefix if theirs.get(key) != row}
        wrong |= {key for key, row in theirs.items() if key[0] in whole and ours.get(key) != row}
        said += [f"{name} of trial {key[0]} differ at {key[1:]}: {ours.get(key)}" for key in sorted(wrong)[:3]]
    return said


def _rows(connection: Any, table: Table, sweep_id: int, keys: int) -> Rows:
    columns = [column for column in table.c if column.name not in _NOT_BITS]
    asked = select(trials.c.number, *columns).select_from(table.join(trials)).where(trials.c.sweep_id == sweep_id)
    return {tuple(row[: keys + 1]): tuple(row[keys + 1 :]) for row in connection.execute(asked)}
