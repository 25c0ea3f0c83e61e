"""How many epoch rows a second flushes store: `python -m benchmarks.writes [ROWS]` (default 400,000).

Flushes as a worker makes them (fence, rows, progress, commit) of 64 trials, on an SQLite file and on a PostgreSQL
server of its own; the same written by SQLAlchemy's own executemany, to compare; then the questions that the API asks,
each timed. `--beside 10000000`: in a database that has so many epoch rows before. `--only sqlite` or `postgresql`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from results.database import Database, open_database
from results.reads import curves, sweeps, trials
from results.schema import upgrade
from results.tables.trials import epochs
from results.values import Claim, Flush
from results.writes import jobs
from results.writes.inserting import insert_ignoring
from sweeps.states import State
from tests.results.samples import claim, epoch_row, plan_of, progress, store
from tests.services.postgresql import running_postgresql

TRIALS, EPOCHS, FLUSHED = 64, 1000, 50  # epochs of a whole curve, and of one flush


def main(arguments: list[str]) -> None:
    """Print rows a second and seconds a question."""
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else None
    beside = int(arguments[arguments.index("--beside") + 1]) if "--beside" in arguments else 0
    wished = next((int(one) for one in arguments[:1] if one.isdigit()), 400_000)
    for kind, opened in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        if only in (None, kind):
            with opened() as database:
                _fill(kind, database, beside)
                _measure(kind, database, max(1, wished // (TRIALS * EPOCHS)))
                database.dispose()


def _measure(kind: str, database: Database, jobs_wanted: int) -> None:
    points = [{"learning_rate": 0.001 * (1 + number), "epochs": EPOCHS} for number in range(TRIALS * (jobs_wanted + 1))]
    created = store(database, plan_of(points, trials_per_job=TRIALS))
    seconds = sum(_train(database, claim(database, job_id, 1e6), _append) for job_id in created.job_ids[:-1])
    rows = jobs_wanted * TRIALS * (EPOCHS + 1)
    print(f"{kind}: {rows:,} epoch rows in flushes of {TRIALS * FLUSHED:,}: {rows / seconds:,.0f} rows/s", flush=True)
    last = claim(database, created.job_ids[-1], 1e6)
    slow = _train(database, last, _one_by_one, epochs_wanted=4 * FLUSHED)
    print(f"{kind}: by executemany: {TRIALS * 4 * FLUSHED / slow:,.0f} rows/s", flush=True)
    for name, ask in _questions(created.sweep_id, last):
        took = _timed(database, ask)
        print(f"{kind}: {name}: {1000 * took:,.1f} ms", flush=True)


def _fill(kind: str, database: Database, rows: int) -> None:
    """Another sweep's curves, made inside the database."""
    if not rows:
        return
    points = [{"learning_rate": 0.0001 * (1 + number), "epochs": EPOCHS} for number in range(rows // EPOCHS)]
    store(database, plan_of(points, trials_per_job=TRIALS))
    series = "SELECT generate_series(0, :last) AS epoch"
    if kind == "sqlite":
        more = "SELECT epoch + 1 FROM s WHERE epoch < :last"
        series = f"WITH RECURSIVE s(epoch) AS (SELECT 0 UNION ALL {more}) SELECT epoch FROM s"
    values = "t.id, e.epoch, 45 * e.epoch, 1.0 / (1 + e.epoch), 1.1 / (1 + e.epoch), 0.5, 0.5, 0.1, 0.01, t.created"
    trials_of = "(SELECT trials.id, sweeps.created_at AS created FROM trials JOIN sweeps ON sweeps.id = sweep_id)"
    with database.write() as connection:
        if kind == "postgresql":  # the rows' trials are there
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        statement = f"INSERT INTO epochs SELECT {values} FROM {trials_of} t CROSS JOIN ({series}) e"
        made = connection.execute(text(statement), {"last": EPOCHS - 1}).rowcount
    if kind == "postgresql":
        with database.write() as connection:
            connection.execute(text("ANALYZE"))
    print(f"{kind}: beside {made:,} epoch rows", flush=True)


def _train(
    database: Database, held: Claim, write: Callable[[Connection, Claim, Flush], None], epochs_wanted: int = EPOCHS + 1
) -> float:
    """Seconds that all flushes of the claim's trials take; their rows are made before."""
    took = 0.0
    for first in range(0, epochs_wanted, FLUSHED):
        these = range(first, min(first + FLUSHED, epochs_wanted))
        keys = [claimed.trial_id for claimed in held.trials]
        rows = [epoch_row(key, epoch, 1 / (1 + epoch + key % 7)) for epoch in these for key in keys]
        flush = Flush(epochs=rows, progress=[progress(key, these[-1], State.RUNNING) for key in keys])
        began = time.perf_counter()
        with database.write() as connection:
            write(connection, held, flush)
        took += time.perf_counter() - began
    return took


def _append(connection: Connection, held: Claim, flush: Flush) -> None:
    jobs.append(connection, held, flush, 1e6)


def _one_by_one(connection: Connection, held: Claim, flush: Flush) -> None:
    jobs.append(connection, held, Flush(progress=flush.progress), 1e6)
    insert_ignoring(connection, epochs, [vars(row) for row in flush.epochs])


def _questions(sweep_id: int, held: Claim) -> Iterator[tuple[str, Callable[[Connection], object]]]:
    key = held.trials[0].trial_id
    yield "the sweep with its progress", lambda connection: sweeps.find(connection, sweep_id)
    yield "a page of 100 trials, the best first", lambda connection: trials.page(connection, sweep_id, limit=100)
    yield "one trial's curve", lambda connection: curves.of_trial(connection, key)
    yield "a page of 100 curves", lambda connection: curves.of_sweep(connection, sweep_id, limit=100)
    query = text("SELECT min(validation_cost) FROM epochs WHERE trial_id BETWEEN :first AND :last")
    yield "the best cost of 64 trials", lambda connection: list(connection.execute(query, {"first": 1, "last": 64}))


def _timed(database: Database, ask: Callable[[Connection], object]) -> float:
    """The best of three."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        with database.read() as connection:
            ask(connection)
        found.append(time.perf_counter() - began)
    return min(found)


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/results.db")
        yield open_database(f"sqlite:///{folder}/results.db")


@contextmanager
def _postgresql() -> Iterator[Database]:
    with running_postgresql() as server:
        yield open_database(server.migrated_database())


if __name__ == "__main__":
    main(sys.argv[1:])
