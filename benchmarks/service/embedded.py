"""A sweep through the embedded stack: from POST to the last row in SQL, and to the last metric in MLflow."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backsweep import Client
from backsweep.stack.lifetime import running
from backsweep.stack.options import StackOptions
from benchmarks.service.watching import Watch
from tests.services.ports import free_port


@dataclass(frozen=True)
class Course:
    """Seconds since the POST; `p50`, `p99`: API latency meanwhile; `growth`: bytes by process; `metrics` in MLflow."""

    answered: float
    in_sql: float
    in_mlflow: float
    p50: float
    p99: float
    growth: dict[str, int]
    largest: dict[str, int]
    metrics: int


def course(document: dict[str, Any], workers: int) -> Course:
    """One sweep on a fresh stack that has trained something small before."""
    with TemporaryDirectory() as folder:
        options = StackOptions(port=free_port(), mlflow_port=free_port(), home=Path(folder) / "home", workers=workers)
        with running(options) as stack:
            client = Client(stack.api_url)
            _warm_up(client, options.home)
            with Watch(f"{stack.api_url}/api/v1/sweeps?limit=5") as watch:
                began = time.perf_counter()
                sweep_id = client.submit(document)["id"]
                answered = time.perf_counter() - began
                _until(client, sweep_id, "finished_at")
                in_sql = time.perf_counter() - began
                _until(client, sweep_id, "tracked")
                in_mlflow = time.perf_counter() - began
            metrics = _metrics(options.home)
    growth, largest = watch.growth(), {name: max(found) for name, found in watch.memory.items()}
    return Course(answered, in_sql, in_mlflow, watch.quantile(0.5), watch.quantile(0.99), growth, largest, metrics)


def _until(client: Client, sweep_id: int, key: str) -> None:
    while not client.sweep(sweep_id)[key]:
        time.sleep(0.1)


def _warm_up(client: Client, home: Path) -> None:
    """Every process has loaded its libraries, the tracker has made its experiment and the small sweep's artifacts."""
    small = {
        "name": "warm",
        "project": "benchmark",
        "method": "grid",
        "parameters": {
            "dataset": {"value": "digits"},
            "learning_rate": {"values": [0.1, 0.2, 0.3, 0.4]},
            "epochs": {"value": 3},
        },
        "backsweep": {"replicates": 1, "trials_per_job": 1},
    }
    _until(client, client.submit(small)["id"], "tracked")
    while not _one(home / "backsweep.db", "SELECT count(tracked_artifacts) FROM sweeps"):
        time.sleep(0.2)


def _metrics(home: Path) -> int:
    return _one(home / "mlflow.db", "SELECT count(*) FROM metrics")


def _one(database: Path, query: str) -> int:
    """The one number that the query finds in an SQLite file."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute(query).fetchone()[0])
