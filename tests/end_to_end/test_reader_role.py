"""What only docker compose has: PostgreSQL on this machine's loopback, with a role that may read and nothing else."""

import os

import psycopg
import pytest

URL = os.environ.get("BACKSWEEP_E2E_DATABASE_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="make compose-test gives the address of its PostgreSQL")


@pytest.fixture
def reader():
    with psycopg.connect(URL, autocommit=True) as connection:
        yield connection


def test_the_reader_reads_every_table_and_view(reader):
    names = reader.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
    ).fetchall()
    assert {"sweeps", "trials", "epochs", "cost_curve", "sweep_leaderboard"} <= {name for (name,) in names}
    for (name,) in names:
        reader.execute(f'SELECT * FROM "{name}" LIMIT 1')


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM epochs",
        "UPDATE trials SET state = 'failed'",
        "CREATE TABLE mine (id integer)",
        "SET default_transaction_read_only = off; INSERT INTO trial_targets VALUES (1, 0.5, 1)",
    ],
)
def test_the_reader_writes_nothing(reader, statement):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        reader.execute(statement)


def test_the_reader_may_not_enter_mlflows_database():
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(URL.rsplit("/", 1)[0] + "/mlflow")
