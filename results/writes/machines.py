"""A machine's speed is stored, once. Called by `worker.calibration`."""

from __future__ import annotations

from sqlalchemy import Connection

from results.clock import now
from results.tables.machines import machines
from results.writes.inserting import insert_ignoring


def store_machine(connection: Connection, name: str, slowness: float) -> None:
    """Store what was measured; whoever was first is right."""
    row = {"name": name[:200], "slowness": slowness, "measured_at": now(connection)}
    insert_ignoring(connection, machines, [row])
