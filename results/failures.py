"""The driver's errors as ours: each with the mend, none with a password. Used by `results.database`."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from results.errors import DatabaseUnusable, ResultsError, RowsHeld, SchemaOutdated
from results.sqlite import is_busy

UPGRADE_COMMAND = "backsweep database upgrade"
_UNDEFINED = ("42P01", "42703")  # PostgreSQL's SQLSTATE: undefined table, undefined column
_HELD = ("55P03", "40P01", "40001")  # lock not available in time, deadlock, serialization failure
_NO_SUCH = ("no such table", "no such column", "has no column named")  # SQLite's words for the same


def translate(address: URL, error: DBAPIError) -> ResultsError | None:
    """What the error means to us; None for one that tells of a fault in this program."""
    reason = " ".join(str(error.orig).split())
    if getattr(error.orig, "sqlstate", None) in _UNDEFINED or reason.startswith(_NO_SUCH):
        return SchemaOutdated(
            f"the results database does not have this program's tables ({reason.partition(' LINE ')[0]}); "
            f"run: {UPGRADE_COMMAND}"
        )
    if getattr(error.orig, "sqlstate", None) in _HELD:
        return RowsHeld(f"{_shown(address)}: {reason}; another transaction holds these rows: commit it or roll it back")
    if address.get_backend_name() == "sqlite" and is_busy(error):
        return DatabaseUnusable(f"{_shown(address)}: {reason}; another program writes: end its transaction")
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    if lost or "not a database" in reason:
        return DatabaseUnusable(f"{_shown(address)}: {reason}; {_mend(address)}")
    return None


def _shown(address: URL) -> str:
    """The address without its password, which may stand in its query as well."""
    return address.set(query={}).render_as_string(hide_password=True)


def _mend(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return "check that the directory exists, is writable and has room"
    return "check that PostgreSQL runs there and that the address is right (BACKSWEEP_DATABASE_URL)"
