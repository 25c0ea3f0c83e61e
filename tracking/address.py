"""The tracking address: what it leads to (a database or an HTTP server), and how the bulk path spells it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tracking.errors import TrackingError


def is_http(uri: str) -> bool:
    """Whether the address is an MLflow server rather than its database."""
    return uri.startswith(("http://", "https://"))


def database_url(uri: str) -> URL:
    """The database behind the address, with the driver we install; raises `TrackingError` for anything else."""
    try:
        url = make_url(uri.replace("postgres://", "postgresql://", 1) if uri.startswith("postgres://") else uri)
    except (ArgumentError, ValueError):  # the text may hold a password: it is not repeated
        raise TrackingError("BACKSWEEP_MLFLOW_TRACKING_URI must be a database or http(s) address") from None
    if url.get_backend_name() == "sqlite":
        return url
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise TrackingError(f"the tracking address may lead to SQLite, PostgreSQL or http(s), not {url.get_backend_name()}")


def sqlite_path(url: URL) -> Path | None:
    """The file of an SQLite address; None for other databases. Raises `TrackingError` for one in memory."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise TrackingError("the tracking address must name an SQLite file: one in memory is seen by one process alone")
    return Path(url.database)


def shown(uri: str) -> str:
    """The address without its password, which may stand in its query as well, for messages."""
    try:
        return make_url(uri).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "an address that is no URL"
