"""Whether there is room on the disks that the results are written to: `/readyz` asks."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from results.database import Database
from results.errors import NoRoom

LEAST_BYTES = 1_000_000  # below this a folder counts as full
# More than a segment of PostgreSQL's log, 16 MB, which needs room at once; in a temporary file that ends with the
# statement. Nothing else tells a role that is no superuser how its server's disk is.
_SPILL = text(
    "WITH spilled AS MATERIALIZED (SELECT repeat('x', 1000000) AS block FROM generate_series(1, 20))"
    " SELECT (SELECT sum(length(block)) FROM spilled) + (SELECT count(*) FROM spilled)"
)
_DISK_FULL = "53100"


def check(database: Database) -> None:
    """Raise `NoRoom` where the results database cannot grow."""
    address = make_url(database.url)
    if address.get_backend_name() == "sqlite":
        assert address.database is not None
        check_folder(Path(address.database).absolute().parent)
    else:
        _check_postgresql(database)


def check_folder(folder: Path) -> None:
    """Raise `NoRoom` where the disk of a folder has no room or takes no file; a folder that is missing passes."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return  # who uses it says what is wrong with it
    if found.f_bavail * found.f_frsize < LEAST_BYTES:
        raise NoRoom(f"the disk of {folder} is full: delete something there, or give it more room")
    if found.f_files and not found.f_favail:
        raise NoRoom(f"the disk of {folder} takes no more files (no inode is free): delete some there")


def _check_postgresql(database: Database) -> None:
    try:
        with database.read() as connection:
            connection.execute(text("SET LOCAL work_mem = '64kB'"))
            connection.execute(_SPILL)
    except Exception as error:
        if _sqlstate(error) != _DISK_FULL:
            raise
        raise NoRoom(
            "the disk of PostgreSQL's data folder (Docker Compose: /var/lib/postgresql/data, the volume `postgres`) "
            "is full: give it more room, or delete something beside it, never in it"
        ) from error


def _sqlstate(error: BaseException | None) -> str | None:
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__
    return None if error is None else getattr(error.orig, "sqlstate", None)
