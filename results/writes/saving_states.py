"""Checkpoints: the latest state of each trial, and the one before it, in case the latest is damaged.

Used by `appending`, behind its fence. A state of an earlier epoch than the stored one comes from an attempt that began
again; it does not push out an older one that may be the only sound one left. While a trial is extended, the one before
is that of its complete end, to return to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, null
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from results.tables.trials import checkpoints
from results.values import Checkpoint
from results.writes.inserting import insert_of

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
Cases = tuple[tuple[Any, Any], ...]
Earlier = Callable[[Columns, Columns, str], Cases]  # which state to keep beside the new one, tried in this order


def save_states(
    connection: Connection, saved: Sequence[Checkpoint], extended: Collection[int], moment: datetime
) -> None:
    """Store states as the latest of their trials; a final one stands alone. `extended`: trials with a complete end."""
    _save(connection, [one for one in saved if one.trial_id not in extended], _last_two, moment)
    _save(connection, [one for one in saved if one.trial_id in extended], _last_and_complete, moment)


def _save(connection: Connection, saved: Sequence[Checkpoint], earlier: Earlier, moment: datetime) -> None:
    if not saved:
        return
    statement = insert_of(connection, checkpoints)
    new, old = statement.excluded, checkpoints.c
    replaced: dict[str, Any] = {name: new[name] for name in ("epoch", "final", "state", "saved_at")}
    for name in ("epoch", "state"):
        replaced[f"earlier_{name}"] = case((new.final, null()), *earlier(new, old, name), else_=null())
    rows = [{**vars(one), "saved_at": moment} for one in saved]
    connection.execute(statement.on_conflict_do_update(index_elements=["trial_id"], set_=replaced), rows)


def _last_two(new: Columns, old: Columns, name: str) -> Cases:
    return (old.epoch < new.epoch, old[name]), (old.earlier_epoch < new.epoch, old[f"earlier_{name}"])


def _last_and_complete(new: Columns, old: Columns, name: str) -> Cases:
    return (old.final, old[name]), (old.earlier_epoch.is_not(None), old[f"earlier_{name}"])
