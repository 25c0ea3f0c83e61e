"""The schema's version: bring a database to the present one, or say that it is not there.

`upgrade` is what `backsweep up`, Compose's migration and the tests run; `check` is what every other program runs first.
Refuses databases that a newer program has written.
"""

from __future__ import annotations

import random
import time
from importlib import import_module
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from results.database import Database, open_database
from results.errors import RowsHeld, SchemaOutdated
from results.failures import UPGRADE_COMMAND

_ADVISORY_LOCK = 0x6261636B  # any number, the same for all; PostgreSQL lets one holder migrate at a time
PATIENCE = 120.0  # seconds for which a migration tries to get hold of all tables
WRITTEN_FIRST = ("sweeps", "configurations", "jobs", "trials")  # as `results.writes.locking` has it
GIVES_WAY_MS = 500  # half of PostgreSQL's deadlock_timeout
_one_at_a_time = Lock()  # Alembic keeps its context in globals, so threads take turns


def upgrade(url: str) -> None:
    """Bring the database to the newest schema, in one transaction.

    Safe when several processes start at once: they queue, and the later ones find nothing to do. Safe beside workers
    too: it waits for their transactions, and they for it. Raises `DatabaseUnusable`, and `SchemaOutdated` when the
    database is newer than this program.
    """
    database = open_database(url)
    deadline = time.monotonic() + PATIENCE
    try:
        while not _upgraded(database, deadline):
            time.sleep(0.1 + 0.2 * random.random())
    finally:
        database.dispose()


def _upgraded(database: Database, deadline: float) -> bool:
    """Whether it is at the newest schema now; False where the tables are not to be had at this moment."""
    try:
        with _one_at_a_time, database.migrate() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            found = current(connection)
            _refuse_unknown(found)
            if found != head():
                _hold_all_tables(connection)
                _clear_submissions(connection)
                command.upgrade(configuration(connection), "head")
    except RowsHeld:
        if time.monotonic() > deadline:
            raise
        return False
    return True


def _hold_all_tables(connection: Connection) -> None:
    """Hold every table before the first is changed, on PostgreSQL.

    In the order of most writers; no order suits all. So this one gives way, sooner than PostgreSQL would end one of
    those that wait for each other, and comes again.
    """
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text(f"SET LOCAL lock_timeout = {GIVES_WAY_MS}"))
    here = set(inspect(connection).get_table_names())
    for name in [*(name for name in WRITTEN_FIRST if name in here), *sorted(here - {*WRITTEN_FIRST})]:
        connection.execute(text(f'LOCK TABLE "{name}" IN ACCESS EXCLUSIVE MODE'))


def check(database: Database) -> None:
    """Raise `SchemaOutdated`, which says what to run, unless the database has the newest schema."""
    with database.read() as connection:
        found = current(connection)
    _refuse_unknown(found)
    if found != head():
        state = "has no tables yet" if found is None else f"has schema {found}, this program needs {head()}"
        raise SchemaOutdated(f"the results database {state}; run: {UPGRADE_COMMAND}")


def current(connection: Connection) -> str | None:
    """The revision the database is at, or None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision this program knows."""
    newest = _scripts().get_current_head()
    assert newest is not None
    return newest


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made in code; `migrations/env.py` migrates the connection it carries."""
    folder = next(iter(import_module("migrations").__path__))
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _clear_submissions(connection: Connection) -> None:
    """What a writer that died was storing in parts: rows without their sweep, which no migration is to meet."""
    if not inspect(connection).has_table("submissions"):
        return
    columns = {column["name"] for column in inspect(connection).get_columns("submissions")}
    undecided = "extension IS NULL" if "extension" in columns else "1 = 1"
    for table in ("trials", "configurations", "jobs"):
        these = f"sweep_id IN (SELECT sweep_id FROM submissions WHERE {undecided})"
        connection.execute(text(f"DELETE FROM {table} WHERE {these}"))
        if "extension" in columns:  # what is decided is completed by recovery; its rows become their sweep's here
            own = f"(SELECT extends FROM submissions WHERE submissions.sweep_id = {table}.sweep_id)"
            left = "sweep_id IN (SELECT sweep_id FROM submissions)"
            connection.execute(text(f"UPDATE {table} SET sweep_id = {own} WHERE {left}"))
    connection.execute(text(f"DELETE FROM submissions WHERE {undecided}"))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def _refuse_unknown(revision: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaOutdated(f"the results database has schema {revision}, which a newer backsweep wrote; upgrade it")
