"""How fast a backlog reaches MLflow in bulk: `python -m benchmarks.tracking [DATABASE_URL]` (default: an SQLite file).

Stores one sweep of 500 trials with 100 epochs and times two passes over it: one for the metrics (reading SQL, mapping,
writing, marking), one for the sweep's artifacts, which come after them. With the address of an empty PostgreSQL
database, that one takes MLflow's tables.

`--backlog 3000`: that many small sweeps, ended and unsent, pass after pass until MLflow has all of them, artifacts too.
`--history 1000000`: what a pass costs with nothing to send, and with one trial to send, beside so many trials that were
sent; on an SQLite file and on a PostgreSQL server of its own.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from results.database import Database, open_database
from results.schema import upgrade
from settings import Settings
from tests.services.postgresql import running_postgresql
from tests.tracking.stored_sweeps import grow_sweep, store_sweep
from tracking.schema import prepare
from tracking.tracker import track

PASSES = 7


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description="How fast a backlog reaches MLflow")
    parser.add_argument("address", nargs="?")
    parser.add_argument("--backlog", type=int)
    parser.add_argument("--history", type=int)
    asked = parser.parse_args()
    if asked.backlog:
        backlog(asked.backlog)
    elif asked.history:
        history(asked.history)
    else:
        speed(asked.address)


def backlog(count: int) -> None:
    """Send many small sweeps, and look whether all of them came."""
    with tempfile.TemporaryDirectory() as folder:
        uri, url = f"sqlite:///{folder}/mlflow.db", f"sqlite:///{folder}/results.db"
        upgrade(url)
        prepare(uri)
        database = open_database(url)
        for number in range(count):
            store_sweep(database, name=f"sweep {number}", project=f"project {number % 7}", layers=((8,),), replicates=1)
        settings = Settings(mlflow_tracking_uri=uri, mlflow_artifacts_root=f"{folder}/artifacts")
        print(f"{count:,} sweeps of 2 trials with 5 epochs are stored", flush=True)
        began, sent, with_artifacts, passes = time.perf_counter(), 0, 0, 0
        while with_artifacts < count:
            report = track(database, settings)
            sent, with_artifacts, passes = sent + report.sent_trials, with_artifacts + report.sent_artifacts, passes + 1
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{time.perf_counter() - began:7.1f} s: pass {passes}: {report.seconds:.1f} s, {sent:,} trials sent, "
                f"{report.pending_sweeps:,} sweeps wait, {with_artifacts:,} have artifacts; {memory:.0f} MB"
                + (f"; {report.error}" if report.error else ""),
                flush=True,
            )
        with create_engine(uri).connect() as connection:
            runs, ended = connection.execute(text("SELECT count(*), count(end_time) FROM runs")).one()
            metrics = connection.execute(text("SELECT count(*) FROM metrics")).scalar_one()
        files = sum(1 for path in Path(folder, "artifacts").rglob("*") if path.is_file())
        database.dispose()
    print(f"MLflow has {runs:,} runs ({ended:,} ended), {metrics:,} metrics and {files:,} files of artifacts")


def history(count: int) -> None:
    """Time passes beside a long history."""
    for kind, opened in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with opened() as (url, uri):
            database = open_database(url)
            settings = Settings(mlflow_tracking_uri=uri)
            growing = store_sweep(database, state="running", last_epoch=0)
            track(database, settings, seconds=600)
            _remember(database, growing, count)
            track(database, settings)
            for name, epochs in (("nothing", 0), ("an epoch of 8 trials", 1)):
                took = []
                for number in range(PASSES):
                    if epochs:
                        grow_sweep(database, growing, number + 1, "running")
                    report = track(database, settings)
                    assert (report.error, report.sent_trials) == (None, 8 * epochs), report
                    took.append(1000 * report.seconds)
                median = sorted(took)[PASSES // 2]
                said = f"{kind}: beside {count:,} trials, a pass with {name} to send"
                print(f"{said}: {median:.1f} ms (median of {PASSES})", flush=True)
            database.dispose()


def _remember(database: Database, sweep_id: int, count: int) -> None:
    """Copy the sweep, in sweeps of 1,000 trials, as if all had been sent; made inside the database."""
    with database.write() as connection:
        for table, values in (
            ("sweeps", {"id": "n.i + 10", "uid": "'u' || n.i", "state": "'finished'", "tracked_state": "'finished'"}),
            ("jobs", {"id": "n.i + 10", "sweep_id": "n.i + 10", "state": "'finished'"}),
            ("configurations", {"id": "n.i + 10", "sweep_id": "n.i + 10"}),
        ):
            _copy(connection, table, values, count // 1000, sweep_id)
        keys = {"id": "n.i + 100", "sweep_id": "(n.i / 1000) + 10", "number": "n.i % 1000"}
        keys |= {"configuration_id": "(n.i / 1000) + 10", "job_id": "(n.i / 1000) + 10", "digest": "NULL"}
        keys |= {"state": "'finished'", "tracked_state": "'finished'", "finished_at": "t.started_at"}
        _copy(connection, "trials", keys, count, sweep_id)
        connection.execute(
            text("UPDATE sweeps SET finished_at = created_at, tracked_artifacts = created_at WHERE id >= 10")
        )
    with database.write() as connection:
        connection.execute(text("ANALYZE"))


def _copy(connection: Connection, table: str, values: dict[str, str], count: int, sweep_id: int) -> None:
    names = list(connection.execute(text(f"SELECT * FROM {table} LIMIT 1")).keys())
    numbers = "(SELECT generate_series(0, :last) AS i)"
    if connection.dialect.name == "sqlite":
        numbers = "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < :last) SELECT i FROM s)"
    chosen = ", ".join(values.get(name, f"t.{name}") for name in names)
    here = "t.id = :sweep" if table == "sweeps" else f"t.id = (SELECT min(id) FROM {table} WHERE sweep_id = :sweep)"
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} t CROSS JOIN {numbers} n WHERE {here}"
    )
    connection.execute(text(statement), {"last": count - 1, "sweep": sweep_id})


@contextmanager
def _sqlite() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        url, uri = f"sqlite:///{folder}/results.db", f"sqlite:///{folder}/mlflow.db"
        upgrade(url)
        prepare(uri)
        yield url, uri


@contextmanager
def _postgresql() -> Iterator[tuple[str, str]]:
    with running_postgresql() as server:
        uri = server.empty_database()
        prepare(uri)
        yield server.migrated_database(), uri


def speed(address: str | None) -> None:
    """Print metrics and runs a second, and the seconds of the artifacts."""
    with tempfile.TemporaryDirectory() as folder:
        uri = address or f"sqlite:///{folder}/mlflow.db"
        url = f"sqlite:///{folder}/results.db"
        upgrade(url)
        prepare(uri)
        database = open_database(url)
        sizes = ((32,), (16,), (8,), (4,), (2,))
        rates = tuple(0.01 * step for step in range(1, 101))
        store_sweep(database, learning_rates=rates, layers=sizes, replicates=1, last_epoch=100)
        without_folder = Settings(mlflow_tracking_uri=uri)  # so that no artifacts are made
        report = track(database, without_folder, seconds=600)
        artifacts = track(database, replace(without_folder, mlflow_artifacts_root=folder), seconds=600)
        database.dispose()
    speed = report.sent_metrics / report.seconds
    print(f"{report}: {speed:,.0f} metrics/s, {report.sent_trials / report.seconds:,.0f} runs/s")
    print(f"artifacts of {artifacts.sent_artifacts} sweep: {artifacts.seconds:.1f} s")


if __name__ == "__main__":
    main()
