"""Which database addresses can serve: a SQLite file, or PostgreSQL by psycopg 3. Used by `results.database`."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from results.errors import DatabaseUnusable

EXAMPLES = "sqlite:////path/to/backsweep.db or postgresql://user:password@host/database"


def parse_address(url: str) -> URL:
    """The address with its driver named; raises `DatabaseUnusable` for what cannot serve."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # the text may hold a password: it is not repeated
        raise DatabaseUnusable(f"the database address is not a URL such as {EXAMPLES}") from None
    backend = address.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        if "@" in (address.host or ""):
            raise DatabaseUnusable("the database address holds an @ too many; in a password it is written %40")
        return address.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        if not address.database or address.database == ":memory:" or address.query.get("mode") == "memory":
            raise DatabaseUnusable(f"{url}: a database in memory cannot be shared by processes; use {EXAMPLES}")
        return address.set(drivername="sqlite+pysqlite")
    raise DatabaseUnusable(f"{backend} is not a kind of database that can serve; use {EXAMPLES}")
