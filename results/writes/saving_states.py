"""Checkpoints: the latest state of each trial, and the one before it, in case the latest is damaged.

Used by `appending`, behind its fence. A state of an earlier epoch than the stored one comes from an attempt that began
again; it does not push out an older one that may be the only sound one left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, null

from results.tables.trials import checkpoints
from results.values import Checkpoint
from results.writes.inserting import insert_of


def save_states(connection: Connection, saved: Sequence[Checkpoint], moment: datetime) -> None:
    """Store states as the latest of their trials; a final one stands alone."""
    if not saved:
        return
    statement = insert_of(connection, checkpoints)
    new, old = statement.excluded, checkpoints.c
    replaced: dict[str, Any] = {name: new[name] for name in ("epoch", "final", "state", "saved_at")}
    for name in ("epoch", "state"):
        replaced[f"earlier_{name}"] = case(
            (new.final, null()),
            (old.epoch < new.epoch, old[name]),
            (old.earlier_epoch < new.epoch, old[f"earlier_{name}"]),
            else_=null(),
        )
    rows = [{**vars(one), "saved_at": moment} for one in saved]
    connection.execute(statement.on_conflict_do_update(index_elements=["trial_id"], set_=replaced), rows)
