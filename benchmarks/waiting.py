"""How long others wait while something large is stored: `python -m benchmarks.waiting [TRIALS]` (default 100,000).

A sweep of so many trials is submitted, then (all of it taken for trained) extended by epochs, by replicates, and
submitted again with `reuse: true`; once on an SQLite file and once on a PostgreSQL server of its own. A process beside
writes a small transaction every five milliseconds; its longest wait is printed, with the seconds of the whole.
`--only sqlite` or `postgresql`. `--curve EPOCHS`: every trial has so many epoch records.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from typing import Any

from sqlalchemy import text, update

from api.application import create_app
from engine.version import NUMERICS
from results.clock import now
from results.database import Database, open_database
from results.schema import upgrade
from results.tables.sweeps import sweeps
from results.tables.trials import jobs, trials
from settings import Settings
from sweeps.states import State
from tests.services.postgresql import running_postgresql

BESIDE = "UPDATE sweeps SET name = :name WHERE id = 1"


def main(arguments: list[str]) -> None:
    """Print the waits."""
    count = next((int(one) for one in arguments[:1] if one.isdigit()), 100_000)
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else None
    curve = int(arguments[arguments.index("--curve") + 1]) if "--curve" in arguments else 3
    for kind, opened in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        if only in (None, kind):
            with opened() as url:
                _measure(kind, url, count, curve)


def _measure(kind: str, url: str, count: int, curve: int) -> None:
    database = open_database(url)
    app = create_app(Settings(database_url=url, broker_url="redis://127.0.0.1:1/0", max_trials=10 * count))
    http = app.test_client()

    def post(name: str, path: str, document: dict[str, Any]) -> dict[str, Any]:
        with _beside(url) as wait:
            began = time.perf_counter()
            response = http.post(path, json=document)
            took = time.perf_counter() - began
        assert response.status_code in (201, 202), response.text
        print(f"{kind}: {name}: {took:.1f} s, others waited {wait[0]:.2f} s at most", flush=True)
        answer: dict[str, Any] = response.get_json()
        return answer

    http.post("/api/v1/sweeps", json=_document(2))
    large = _document(count)
    sweep = post(f"{count:,} trials submitted", "/api/v1/sweeps", large)
    _pretend_trained(database, int(sweep["id"]), curve)
    post(
        f"the same with reuse, curves of {curve} epochs",
        "/api/v1/sweeps",
        large | {"backsweep": {"replicates": 1, "reuse": True}},
    )
    post("extended by epochs", f"/api/v1/sweeps/{sweep['id']}/extend", {"epochs": curve + 1})
    _pretend_trained(database, int(sweep["id"]), curve + 1)
    post("extended by a replicate each", f"/api/v1/sweeps/{sweep['id']}/extend", {"replicates": 2})
    database.dispose()


def _document(count: int) -> dict[str, Any]:
    parameters = {
        "dataset": {"value": "xor"},
        "epochs": {"value": 3},
        "learning_rate": {"values": [0.00001 * number for number in range(1, count + 1)]},
    }
    return {"method": "grid", "parameters": parameters, "backsweep": {"replicates": 1}}


def _pretend_trained(database: Database, sweep_id: int, curve: int) -> None:
    """End the sweep as if all of it were trained, with curves made inside the database."""
    machine = {"numerics": NUMERICS, "numpy": "2", "blas": "b", "kernel": "Haswell", "threads": 1}
    with database.write() as connection:
        moment = now(connection)
        ended = {"state": State.FINISHED, "finished_at": moment, "started_at": moment}
        result = {
            "completed_epochs": curve,
            "epochs_recorded": curve,
            "blas_kernel": "Haswell",
            "machine": machine,
            "completed_at": moment,
        }
        result |= {
            "tracked_epoch": curve,
            "tracked_state": State.FINISHED,
            "outcome": "converged",
            "best_validation_cost": 0.1,
            "final_validation_cost": 0.1,
            "best_epoch": curve,
        }
        connection.execute(update(trials).where(trials.c.sweep_id == sweep_id).values(ended | result))
        connection.execute(update(jobs).where(jobs.c.sweep_id == sweep_id).values(ended))
        connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(ended))
    for first in range(curve + 1):
        with database.write() as connection:
            values = "id, :epoch, 4 * :epoch, 0.1, 0.1, 0.5, 0.5, 0.1, 0.01, started_at"
            fresh = "WHERE sweep_id = :sweep ON CONFLICT DO NOTHING"
            connection.execute(
                text(f"INSERT INTO epochs SELECT {values} FROM trials {fresh}"), {"epoch": first, "sweep": sweep_id}
            )


@contextmanager
def _beside(url: str) -> Iterator[list[float]]:
    """A process that writes all the time; its longest wait is in the list at the end."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_write, args=(url, theirs), daemon=True)
    process.start()
    ours.recv()
    wait: list[float] = []
    try:
        yield wait
    finally:
        ours.send("end")
        wait.append(ours.recv())
        process.join()


def _write(url: str, pipe: Pipe) -> None:
    database, longest, number = open_database(url), 0.0, 0
    while not pipe.poll():
        began = time.perf_counter()
        with database.write() as connection:
            connection.execute(text(BESIDE), {"name": f"written {number}"})
        if number == 1:
            pipe.send("begun")
        if number:
            longest = max(longest, time.perf_counter() - began)
        number += 1
        time.sleep(0.005)
    pipe.send(longest)
    database.dispose()


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/results.db"
        upgrade(url)
        yield url


@contextmanager
def _postgresql() -> Iterator[str]:
    with running_postgresql() as server:
        yield server.migrated_database()


if __name__ == "__main__":
    main(sys.argv[1:])
