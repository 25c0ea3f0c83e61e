"""One run: a service of its own, sweeps without end, kills by plan, and the reckoning when all is drained."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from backsweep.stack.group import ProcessGroup
from benchmarks.kills.killing import Killing
from benchmarks.kills.plan import planned
from benchmarks.kills.service import Program
from benchmarks.kills.user import MOST_ATTEMPTS, User
from results.database import Database, open_database
from results.schema import upgrade
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, jobs, trials
from settings import Settings
from tests.faults.checking.invariants import breaches
from tests.faults.checking.records import differences, record
from tests.services.brokers import running_broker
from tests.services.postgresql import running_postgresql
from tests.services.set_clock import SettableClock
from tests.worker.small_sweeps import submit
from worker.queue import Queue

# 24 trials in 12 jobs, each of about a second under these settings.
SWEEP: dict[str, Any] = {"dataset": "digits", "layers": [[8], [12]], "batch_size": 8, "epochs": 30, "trials_per_job": 2}
SWEEP |= {"learning_rate": [0.1, 0.3, 1.0, 2.0, 5.0, 1e6]}
OPEN_SWEEPS = 2
SHORT = {"lease_seconds": 4.0, "flush_seconds": 0.03, "checkpoint_seconds": 0.1}
SHORT |= {"recovery_seconds": 0.2, "resend_seconds": 1.0, "tracking_seconds": 3600.0}


@dataclass(frozen=True)
class How:
    """What the command line says. `production`: default settings; `user`: somebody works with the sweeps meanwhile."""

    kills: int
    seed: int
    database: str
    workers: int
    broker: str
    production: bool = False
    user: bool = True

    @property
    def sweep(self) -> dict[str, Any]:
        """The sweep that is trained; under longer leases its jobs take longer too."""
        return SWEEP | ({"epochs": 10 * SWEEP["epochs"]} if self.production else {})


def run(how: How) -> dict[str, Any]:
    """The report, as `--json` prints it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _address(how.database, Path(folder)) as url,
        running_broker(how.broker) as serving,
    ):
        database = open_database(url)
        short = {"tracking_seconds": 3600.0} if how.production else SHORT
        settings = Settings(database_url=url, broker_url=serving.url, **short)
        group = ProcessGroup(grace_seconds=0)
        names = ["beat", *(f"train-{n}" for n in range(how.workers))]
        clocks = {name: SettableClock(Path(folder), name) for name in names} if how.user else {}
        try:
            began = time.monotonic()
            scheduler, *pool = [
                Program(group, settings, Path(folder), name, name.partition("-")[0], clocks.get(name)) for name in names
            ]
            queue = Queue(serving.url, patience=60)
            longer = 4 * how.sweep["epochs"] // 3
            references = [_submit(database, queue, how.sweep), _submit(database, queue, how.sweep | {"epochs": longer})]
            if how.user:
                _submit(database, queue, how.sweep)  # to be extended from the start on
            _wait(database, group)
            killing = Killing(database, pool, scheduler, planned(how.kills, how.seed))
            user = User(database, queue, clocks, longer, how.seed, references)
            began_killing = time.monotonic()
            _keep_busy(database, queue, group, killing, how, user)
            took = time.monotonic() - began_killing
            _wait(database, group, user)
            report = _report(database, references, killing, user)
            return report | vars(how) | {"seconds_of_killing": round(took), "seconds": round(time.monotonic() - began)}
        finally:
            group.stop()
            database.dispose()


def _keep_busy(database: Database, queue: Queue, group: ProcessGroup, killing: Killing, how: How, user: User) -> None:
    """Submit sweeps while there are kills to come."""
    threads = killing.start()
    if how.user:
        user.start()
    while any(thread.is_alive() for thread in threads):
        group_is_well(killing)
        while _open(database) < OPEN_SWEEPS:
            _submit(database, queue, how.sweep, 1_000_000 if how.user is False else MOST_ATTEMPTS)
        time.sleep(0.2)
    group_is_well(killing)
    if how.user:
        user.stop()


def group_is_well(killing: Killing) -> None:
    """Raise what ended a killer's thread."""
    if killing.failure is not None:
        raise killing.failure


def _submit(database: Database, queue: Queue, sweep: dict[str, Any], attempts: int = 1_000_000) -> int:
    created = submit(database, max_attempts=attempts, **sweep)
    queue.send_jobs(created.job_ids)
    return created.sweep_id


def _open(database: Database) -> int:
    with database.read() as connection:
        query = select(func.count()).select_from(sweeps).where(sweeps.c.finished_at.is_(None))
        return connection.execute(query).scalar_one()


def _wait(database: Database, group: ProcessGroup, user: User | None = None, seconds: float = 900.0) -> None:
    """Until nothing is left to do; what is then unfinished is lost, and counted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if user is not None:
            user.retry_what_failed()
        if not _open(database):
            return
        group.check()
        time.sleep(0.1)


def _report(database: Database, references: list[int], killing: Killing, user: User) -> dict[str, Any]:
    """Lost: jobs that did not finish, but for those of cancelled sweeps. Duplicated: breaches of what is there once.

    Different: sweeps with other bits than the first of the `references`, or where they were extended the second.
    """
    short, long = (record(database, key) for key in references)
    longer = {*user.extended, references[1]}
    with database.read() as connection:
        sweep_ids = list(connection.execute(select(sweeps.c.id).order_by(sweeps.c.id)).scalars())
        unfinished = (jobs.c.state != "finished") & (sweeps.c.state != "cancelled")
        query = select(func.count()).select_from(jobs.join(sweeps)).where(unfinished)
        lost = connection.execute(query).scalar_one()
        cancelled = connection.execute(select(func.count()).where(sweeps.c.state == "cancelled")).scalar_one()
        attempts = connection.execute(select(func.sum(jobs.c.attempt))).scalar_one()
        rows = {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (jobs, trials, epochs)}  # fmt: skip
    found = breaches(database)
    different = [key for key in sweep_ids if differences(record(database, key), long if key in longer else short)]
    return {
        "kills": sum(killing.done.values()),
        "between_claim_and_finish": killing.held,
        "by_step": dict(killing.done.most_common()),
        "operations": dict(user.done.most_common()),
        "sweeps": len(sweep_ids),
        "cancelled_sweeps": cancelled,
        **rows,
        "attempts": attempts,
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
