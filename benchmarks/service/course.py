"""A sweep through a fresh stack: from POST to the last row in SQL, and to the last metric in MLflow.

Both ends are read in the results database, never asked of the API: a question costs it milliseconds of the processor
time that is measured here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, text

from backsweep import Client
from backsweep.stack.lifetime import Stack, running
from backsweep.stack.options import StackOptions
from benchmarks.service.ending import artifacts_sent, ended, tracked
from benchmarks.service.server import Server
from benchmarks.service.watching import Watch
from benchmarks.service.weighing import Program
from results.database import open_database
from tests.services.ports import free_port


@dataclass(frozen=True)
class Course:
    """What one sweep took.

    `start_up`: seconds until the stack serves; `answered`, `in_sql`, `in_mlflow`: seconds since the POST. `p50`, `p99`:
    the API's latency meanwhile, seconds. `metrics`: rows that MLflow got. `programs`: memory and processor time of
    each. `others`: the share of this machine's processor time that other programs took meanwhile.
    """

    start_up: float
    answered: float
    in_sql: float
    in_mlflow: float
    p50: float
    p99: float
    metrics: int
    programs: dict[str, Program]
    others: float


def course(document: dict[str, Any], workers: int, server: Server | None = None) -> Course:
    """One sweep on a fresh stack that has trained something small before; on SQLite, or on a PostgreSQL server."""
    with TemporaryDirectory() as folder:
        places = {} if server is None else {"database_url": server.new_database(), "mlflow_uri": server.new_database()}
        options = StackOptions(
            port=free_port(), mlflow_port=free_port(), home=Path(folder) / "home", workers=workers, **places
        )
        began = time.perf_counter()
        with running(options) as stack:
            start_up = time.perf_counter() - began
            _warm_up(stack)
            before = _metrics(stack.settings.mlflow_tracking_uri)
            roots = () if server is None else (server.process_id,)
            with Watch(f"{stack.api_url}/api/v1/sweeps?limit=5", roots) as watch:
                answered, in_sql, in_mlflow = _through(stack, document)
            metrics = _metrics(stack.settings.mlflow_tracking_uri) - before
    return Course(
        start_up,
        answered,
        in_sql,
        in_mlflow,
        watch.quantile(0.5),
        watch.quantile(0.99),
        metrics,
        watch.programs(),
        watch.others(),
    )


def _through(stack: Stack, document: dict[str, Any]) -> tuple[float, float, float]:
    database = open_database(stack.settings.database_url)
    began, start = datetime.now(UTC), time.perf_counter()
    sweep_id = Client(stack.api_url).submit(document)["id"]
    answered = time.perf_counter() - start
    in_sql = (ended(database, sweep_id, stack.check) - began).total_seconds()
    tracked(database, sweep_id, stack.check)
    in_mlflow = time.perf_counter() - start
    database.dispose()
    return answered, in_sql, in_mlflow


def _warm_up(stack: Stack) -> None:
    """Every process has loaded its libraries, the tracker has made its experiment and the small sweep's artifacts."""
    parameters = {"dataset": {"value": "digits"}, "learning_rate": {"values": [0.1, 0.2, 0.3, 0.4]}}
    small = {
        "name": "warm",
        "project": "benchmark",
        "method": "grid",
        "parameters": parameters | {"epochs": {"value": 3}},
        "backsweep": {"replicates": 1, "trials_per_job": 1},
    }
    database = open_database(stack.settings.database_url)
    sweep_id = Client(stack.api_url).submit(small)["id"]
    tracked(database, sweep_id, stack.check)
    artifacts_sent(database, sweep_id, stack.check)
    database.dispose()


def _metrics(mlflow_uri: str) -> int:
    engine = create_engine(mlflow_uri)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM metrics")).scalar_one())
    finally:
        engine.dispose()
