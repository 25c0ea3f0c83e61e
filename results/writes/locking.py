"""Row locks, always in one order, so that no two writers wait for each other: sweeps, then jobs, then trials, by key.

On SQLite a writer holds the whole database anyway and these are plain reads. Locks leave foreign keys to the row alone
(FOR NO KEY UPDATE): epochs are appended while a trial's row is held.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from results.errors import NoSuchSweep
from results.tables.sweeps import sweeps


def lock_sweep(connection: Connection, sweep_id: int) -> Row[int, str, str]:
    """The sweep's row (key, state, wanted), held until the transaction ends; raises `NoSuchSweep`."""
    query = select(sweeps.c.id, sweeps.c.state, sweeps.c.wanted).where(sweeps.c.id == sweep_id)
    row = connection.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NoSuchSweep(sweep_id)
    return row


def free_sweep(connection: Connection, sweep_id: int) -> bool:
    """Whether nobody holds the sweep's row; then it is held until the transaction ends."""
    query = select(sweeps.c.id).where(sweeps.c.id == sweep_id)
    return connection.execute(query.with_for_update(key_share=True, skip_locked=True)).one_or_none() is not None


def lock_rows(connection: Connection, table: Table, condition: ColumnElement[bool], wait: bool = True) -> list[int]:
    """The keys of the rows of `jobs` or `trials` that meet the condition, held until the transaction ends.

    Without `wait` those that somebody else holds are left out.
    """
    query = select(table.c.id).where(condition).order_by(table.c.id)
    return list(connection.execute(query.with_for_update(key_share=True, skip_locked=not wait)).scalars())
