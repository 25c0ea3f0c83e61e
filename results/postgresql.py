"""What PostgreSQL needs to serve several hosts: nobody who is frozen, or gone with its host, holds up the others.

Used by `results.database` on every PostgreSQL engine it makes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Engine, event

LOCK_SECONDS = 8.0  # a row that another transaction holds is waited for this long
IDLE_SECONDS = 9.0  # a transaction whose owner is silent this long is rolled back; below a third of the lease
_PATIENCE = {
    "connect_timeout": 10,  # seconds, as the keepalives'
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}


def patience(address: URL) -> dict[str, int]:
    """How long the server may be silent, but for what the address says itself.

    Without these a host that vanished holds its callers for minutes or hours.
    """
    return {name: value for name, value in _PATIENCE.items() if name not in address.query}


def prepare_engine(engine: Engine) -> Engine:
    """The engine, with limits to each new connection's silence inside a transaction, and to its wait for locks."""
    event.listen(engine, "connect", _on_connect)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    # Not by the parameter `options`: connection poolers refuse that.
    connection.execute(f"SET idle_in_transaction_session_timeout = {int(1000 * IDLE_SECONDS)}")
    connection.execute(f"SET lock_timeout = {int(1000 * LOCK_SECONDS)}")
    connection.commit()
