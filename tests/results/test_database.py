"""Both kinds of databases keep the promises of their transactions, and say what is wrong when they cannot."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from results import sqlite
from results.database import Database, open_database
from results.errors import DatabaseUnusable
from results.tables.sweeps import datasets
from tests.results.samples import BEGIN


def a_dataset(name: str) -> dict[str, object]:
    facts = {"task": "classification", "samples": 3, "features": 2, "outputs": 2, "source": "made", "created_at": BEGIN}
    return {"name": name, "digest": "0" * 64, **facts}


def count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(datasets)).scalar_one()


def add(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.execute(insert(datasets), a_dataset(name))


def test_a_block_that_ends_commits_and_one_that_breaks_does_not(database: Database) -> None:
    add(database, "kept")
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        assert connection.execute(insert(datasets), a_dataset("lost")).rowcount / 0
    assert count(database) == 1


def test_a_reader_refuses_writes(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseUnusable), match=r"(?i)read-?only"), database.read() as connection:
        connection.execute(insert(datasets), a_dataset("sneaked in"))
    add(database, "written after")  # on the same connection: it writes again
    assert count(database) == 1


def test_a_reader_sees_one_moment_throughout(database: Database) -> None:
    query = select(func.count()).select_from(datasets)
    with database.read() as connection:
        before = connection.execute(query).scalar_one()
        writer = threading.Thread(target=add, args=(database, "meanwhile"))
        writer.start()
        writer.join(100)
        assert not writer.is_alive()
        assert connection.execute(query).scalar_one() == before == 0
    assert count(database) == 1


def _add_many(url: str, name: str) -> None:
    database = open_database(url)
    for number in range(40):
        with database.write() as connection:  # reads before it writes: the pattern that a deferred BEGIN breaks
            connection.execute(select(func.count()).select_from(datasets)).scalar_one()
            connection.execute(insert(datasets), a_dataset(f"{name} {number}"))
    database.dispose()


def test_writers_of_several_processes_queue_up_and_none_fails(database: Database) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_add_many, args=(database.url, f"process {n}")) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(300)
        assert process.exitcode == 0
    assert count(database) == 120


def _add_in_child(database: Database) -> None:
    database.dispose(close=False)
    add(database, "from the child")


def test_a_forked_child_that_disposes_first_has_connections_of_its_own(database: Database) -> None:
    add(database, "before")
    child = multiprocessing.get_context("fork").Process(target=_add_in_child, args=(database,))
    child.start()
    child.join(100)
    assert child.exitcode == 0
    add(database, "after")
    assert count(database) == 3


def test_an_idle_connection_that_the_server_closed_is_replaced(postgresql_server) -> None:
    url = postgresql_server.migrated_database()
    database = open_database(url)
    assert count(database) == 0
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as other:
        # With a time-out it returns once they have ended: one that is only about to end would still answer a ping.
        others = "SELECT pg_terminate_backend(pid, 100000) FROM pg_stat_activity WHERE datname = current_database()"
        other.execute(others + " AND pid <> pg_backend_pid()")
    assert count(database) == 0
    with pytest.raises(DatabaseUnusable, match="check that PostgreSQL runs"), database.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert count(database) == 0
    database.dispose()
    postgresql_server.drop(url)


def test_sqlite_is_set_up_for_several_processes_and_pulled_plugs(sqlite_database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 4500}
    with sqlite_database.write() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted


def test_a_writer_waits_for_another_that_holds_the_lock(sqlite_database: Database) -> None:
    path = sqlite_database.url.partition("///")[2]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = threading.Thread(target=add, args=(sqlite_database, "patient"))
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    other.execute("COMMIT")
    waiting.join(100)
    assert count(sqlite_database) == 1
    other.close()


def test_both_spellings_of_postgresql_mean_the_installed_driver() -> None:
    for start in ("postgres://", "postgresql://", "postgresql+psycopg://", "postgresql+psycopg2://"):
        database = open_database(f"{start}user:secret@127.0.0.1:1/name")
        assert database.url == "postgresql+psycopg://user:secret@127.0.0.1:1/name"
        assert database.dialect == "postgresql"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "nonsense", "", "sqlite:///file:x?mode=memory"]
)
def test_an_address_that_cannot_serve_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"sqlite:////path/to/backsweep\.db"):
        open_database(url)


@pytest.mark.parametrize("rest", ["user:topsecret@127.0.0.1:1/name", "127.0.0.1:1/name?user=user&password=topsecret"])
def test_a_server_that_is_not_there_is_named_without_the_password(rest: str) -> None:
    database = open_database(f"postgresql://{rest}")
    with pytest.raises(DatabaseUnusable) as caught, database.read():
        pass
    assert "127.0.0.1" in str(caught.value)
    assert "topsecret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_with_an_at_sign_is_refused_and_not_shown_as_part_of_the_host() -> None:
    with pytest.raises(DatabaseUnusable, match="%40") as caught:
        open_database("postgresql://user:top@secret@127.0.0.1:1/name")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["no directory", "a directory", "another file"])
def test_a_file_that_cannot_be_a_database_is_named(tmp_path: Path, kind: str) -> None:
    path = {"no directory": tmp_path / "none" / "x.db", "a directory": tmp_path, "another file": tmp_path / "x"}[kind]
    (tmp_path / "x").write_text("this is a letter to a friend, and no database at all\n" * 50)
    with pytest.raises(DatabaseUnusable, match=str(path)), open_database(f"sqlite:///{path}").write():
        pass


def test_the_write_ahead_log_is_small_again_when_a_long_reader_has_gone(sqlite_database, monkeypatch) -> None:
    monkeypatch.setattr(sqlite, "WAL_BYTES", 2**20)
    path = Path(make_url(sqlite_database.url).database or "")
    log = path.with_name(path.name + "-wal")
    found = open_database(sqlite_database.url)

    def write(size: int) -> None:
        with found.write() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS filling (content BLOB)"))
            connection.execute(text("INSERT INTO filling VALUES (zeroblob(:size))"), {"size": size})

    with found.read() as connection:
        connection.execute(text("SELECT count(*) FROM sweeps"))
        for _ in range(5):
            write(2**20)
        assert log.stat().st_size > 5 * 2**20
    for _ in range(3):
        write(2**10)
    assert log.stat().st_size <= 2 * 2**20
    found.dispose()


def test_a_file_whose_users_were_killed_can_be_copied_alone_once_its_log_is_folded_in(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    killed = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (v); INSERT INTO t VALUES (1)")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", killed, str(path)], check=True, timeout=300)
    assert path.with_name("a.db-wal").stat().st_size > 0
    sqlite.fold_log(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.db"]
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT v FROM t").fetchall() == [(1,)]


def test_a_log_that_others_read_or_write_and_a_file_that_is_none_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    sqlite.fold_log(path)
    assert not path.exists()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer, closing(sqlite3.connect(path)) as reader:
        writer.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (v)")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM t").fetchall()
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (1)")
        sqlite.fold_log(path)
        writer.execute("COMMIT")
        assert writer.execute("SELECT v FROM t").fetchall() == [(1,)]
    path.write_bytes(b"no database at all, and longer than a header would be" * 20)
    before = path.read_bytes()
    sqlite.fold_log(path)
    assert path.read_bytes() == before
