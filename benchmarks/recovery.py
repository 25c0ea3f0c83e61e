"""Seconds until work goes on after a kill, and until a pause or cancel holds: `python -m benchmarks.recovery`.

Real processes: a broker (Redis; a folder with `--folder`), a scheduler, two workers of one process each, on an SQLite
file or the PostgreSQL address given.
`--quick` takes the settings that tests use (lease 2 s); without it they are the defaults.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from backsweep.stack.group import Child
from results.database import Database, open_database
from results.schema import upgrade
from results.writes import moves
from settings import Settings
from tests.faults.deployment import Deployment
from tests.services.brokers import running_broker
from tests.worker.small_sweeps import submit

QUICK = {"lease_seconds": 2.0, "flush_seconds": 0.1, "checkpoint_seconds": 0.4, "recovery_seconds": 0.4}
LONG = {"dataset": "digits", "layers": [[32]], "learning_rate": [0.1, 0.5, 2.0, 5.0], "batch_size": 8, "epochs": 5000}


def main(arguments: list[str]) -> None:
    """Print one line for each thing measured."""
    addresses = [one for one in arguments if not one.startswith("-")]
    kind = "folder" if "--folder" in arguments else "redis"
    with running_broker(kind) as broker, tempfile.TemporaryDirectory() as folder:
        url = addresses[0] if addresses else f"sqlite:///{folder}/results.db"
        settings = Settings(database_url=url, broker_url=broker.url)
        if "--quick" in arguments:
            settings = replace(settings, **QUICK)  # type: ignore[arg-type]
        upgrade(url)
        _deploy(settings, Path(folder))


def _deploy(settings: Settings, folder: Path) -> None:
    database = open_database(settings.database_url)
    deployment = Deployment(settings, database, folder)
    try:
        _measure(deployment, database)
    finally:
        deployment.group.stop()
        database.dispose()


def _measure(deployment: Deployment, database: Database) -> None:
    workers = [deployment.start("train", "--concurrency", "1", name=name) for name in ("first", "second")]
    deployment.start("beat")
    job_id, sweep_id = _running(deployment, database)
    _report("paused", lambda: _ask(database, moves.pause, sweep_id), deployment, _state(deployment, sweep_id, "paused"))

    def resume() -> None:
        _ask(database, moves.resume, sweep_id)

    _report("trains again after the resumption", resume, deployment, _attempted(deployment, job_id, 2))
    process = deployment.training_process(_holder(deployment, workers, job_id), job_id, attempt=2)
    _report("claimed again after its process was killed", process.kill, deployment, _attempted(deployment, job_id, 3))
    holder = _holder(deployment, workers, job_id)
    _report(
        "claimed again after its worker was killed, with all its processes",
        lambda: _kill(deployment, holder),
        deployment,
        _attempted(deployment, job_id, 4),
    )
    _report(
        "cancelled",
        lambda: _ask(database, moves.cancel, sweep_id),
        deployment,
        _state(deployment, sweep_id, "cancelled"),
    )


def _running(deployment: Deployment, database: Database) -> tuple[int, int]:
    created = submit(database, trials_per_job=100, max_attempts=9, **LONG)
    deployment.until(lambda: deployment.recorded(created.sweep_id) > 50)
    return created.job_ids[0], created.sweep_id


def _report(what: str, act: Callable[[], object], deployment: Deployment, holds: Callable[[], bool]) -> None:
    began = time.monotonic()
    act()
    deployment.until(holds)
    print(f"{what}: {time.monotonic() - began:.2f} s", flush=True)


def _ask(database: Database, move: Callable[..., object], sweep_id: int) -> None:
    with database.write() as connection:
        move(connection, sweep_id)


def _state(deployment: Deployment, sweep_id: int, state: str) -> Callable[[], bool]:
    return lambda: bool(deployment.sweep(sweep_id)["state"] == state)


def _attempted(deployment: Deployment, job_id: int, attempt: int) -> Callable[[], bool]:
    return lambda: (job := deployment.job(job_id))["state"] == "running" and job["attempt"] == attempt


def _holder(deployment: Deployment, workers: list[Child], job_id: int) -> Child:
    """The worker whose main process stands in the job's owner."""
    main_process = int(deployment.job(job_id)["owner"].split()[1])
    return next(worker for worker in workers if worker.process.pid == main_process)


def _kill(deployment: Deployment, worker: Child) -> None:
    deployment.freeze(worker, signal.SIGKILL)
    deployment.group.forget(worker)


if __name__ == "__main__":
    main(sys.argv[1:])
