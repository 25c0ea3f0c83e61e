"""One run: a service of its own, sweeps without end, kills by plan, and the reckoning when all is drained."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from backsweep.stack.group import ProcessGroup
from benchmarks.kills.killing import Killing
from benchmarks.kills.plan import planned
from benchmarks.kills.service import Program
from results.database import Database, open_database
from results.schema import upgrade
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, jobs, trials
from settings import Settings
from tests.faults.checking.invariants import breaches
from tests.faults.checking.records import differences, record
from tests.services.brokers import running_broker
from tests.services.postgresql import running_postgresql
from tests.worker.small_sweeps import submit
from worker.queue import Queue

# 24 trials in 12 jobs, each of about a second under these settings.
SWEEP: dict[str, Any] = {"dataset": "digits", "layers": [[8], [12]], "batch_size": 8, "epochs": 30, "trials_per_job": 2}
SWEEP |= {"learning_rate": [0.1, 0.3, 1.0, 2.0, 5.0, 1e6]}
OPEN_SWEEPS = 3
SHORT = {"lease_seconds": 4.0, "flush_seconds": 0.03, "checkpoint_seconds": 0.1}
SHORT |= {"recovery_seconds": 0.2, "resend_seconds": 1.0, "tracking_seconds": 3600.0}


def run(kills: int, seed: int, kind: str, workers: int, broker: str) -> dict[str, Any]:
    """The report, as `--json` prints it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _address(kind, Path(folder)) as url,
        running_broker(broker) as serving,
    ):
        database = open_database(url)
        settings = Settings(database_url=url, broker_url=serving.url, **SHORT)
        group = ProcessGroup(grace_seconds=0)
        try:
            began = time.monotonic()
            scheduler = Program(group, settings, Path(folder), "beat", "beat")
            pool = [Program(group, settings, Path(folder), f"train-{n}", "train") for n in range(workers)]
            queue = Queue(serving.url, patience=60)
            undisturbed = _submit(database, queue)
            _wait(database, group)
            killing = Killing(database, pool, scheduler, planned(kills, seed))
            began_killing = time.monotonic()
            _keep_busy(database, queue, group, killing)
            took = time.monotonic() - began_killing
            _wait(database, group)
            report = _report(database, undisturbed, killing)
            return report | {"database": kind, "broker": broker, "seed": seed, "seconds_of_killing": round(took),
                             "seconds": round(time.monotonic() - began)}  # fmt: skip
        finally:
            group.stop()
            database.dispose()


def _keep_busy(database: Database, queue: Queue, group: ProcessGroup, killing: Killing) -> None:
    """Submit sweeps while there are kills to come."""
    threads = killing.start()
    while any(thread.is_alive() for thread in threads):
        group_is_well(killing)
        while _open(database) < OPEN_SWEEPS:
            _submit(database, queue)
        time.sleep(0.2)
    group_is_well(killing)


def group_is_well(killing: Killing) -> None:
    """Raise what ended a killer's thread."""
    if killing.failure is not None:
        raise killing.failure


def _submit(database: Database, queue: Queue) -> int:
    created = submit(database, max_attempts=1_000_000, **SWEEP)
    queue.send_jobs(created.job_ids)
    return created.sweep_id


def _open(database: Database) -> int:
    with database.read() as connection:
        query = select(func.count()).select_from(sweeps).where(sweeps.c.finished_at.is_(None))
        return connection.execute(query).scalar_one()


def _wait(database: Database, group: ProcessGroup, seconds: float = 600.0) -> None:
    """Until nothing is left to do; what is then unfinished is lost, and counted."""
    deadline = time.monotonic() + seconds
    while _open(database) and time.monotonic() < deadline:
        group.check()
        time.sleep(0.1)


def _report(database: Database, undisturbed: int, killing: Killing) -> dict[str, Any]:
    """Lost: jobs that did not finish. Duplicated: breaches of what is there once. Different: sweeps with other bits."""
    expected = record(database, undisturbed)
    with database.read() as connection:
        sweep_ids = list(connection.execute(select(sweeps.c.id).order_by(sweeps.c.id)).scalars())
        lost = connection.execute(select(func.count()).where(jobs.c.state != "finished")).scalar_one()
        attempts = connection.execute(select(func.sum(jobs.c.attempt))).scalar_one()
        rows = {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (jobs, trials, epochs)}  # fmt: skip
    found = breaches(database)
    different = [key for key in sweep_ids if differences(record(database, key), expected)]
    return {
        "kills": sum(killing.done.values()),
        "between_claim_and_finish": killing.held,
        "by_step": dict(killing.done.most_common()),
        "sweeps": len(sweep_ids),
        **rows,
        "attempts": attempts,
        "attempts_that_ended_early": attempts - rows["jobs"] + lost,
        "lost": lost,
        "duplicated": len(found),
        "different": len(different),
        "breaches": found,
    }


@contextmanager
def _address(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        url = f"sqlite:///{folder}/results.db"
        upgrade(url)
        yield url
        return
    with running_postgresql() as server:
        yield server.migrated_database()
