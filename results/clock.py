"""What time it is, by the one clock that all of a database's users share."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text


def now(connection: Connection) -> datetime:
    """The present moment: PostgreSQL's own clock, so that leases hold across hosts; on SQLite this machine's."""
    if connection.dialect.name == "postgresql":
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)
    return datetime.now(UTC)
