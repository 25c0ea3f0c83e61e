"""How fast the machines are that train here.

Called by the API before it plans, and by workers that ask whether they were measured.
"""

from __future__ import annotations

from statistics import median

from sqlalchemy import Connection, select

from results.tables.machines import machines


def slowness(connection: Connection) -> float:
    """The middle one's slowness against the cost model's machine; 1 where none was measured."""
    found = list(connection.execute(select(machines.c.slowness)).scalars())
    return median(found) if found else 1.0


def measured(connection: Connection, name: str) -> bool:
    """Whether this machine was measured."""
    return connection.execute(select(machines.c.name).where(machines.c.name == name)).one_or_none() is not None
