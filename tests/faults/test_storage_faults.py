"""SQLite locked by another, its disk full, a saved state rotten: delay, never a lost row or another bit."""

import random
import resource
import sqlite3
import time
from contextlib import closing

import psutil
import pytest
from sqlalchemy import select, update

from results.tables.trials import checkpoints, trials
from tests.faults.checking.invariants import breaches
from tests.faults.checking.records import differences, record
from tests.worker.small_sweeps import submit

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(1200),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
LONG = {"dataset": "digits", "layers": [[16]], "learning_rate": [0.1, 0.5, 2.0, 1e6], "batch_size": 8, "epochs": 60}


@pytest.fixture
def running(deployment):
    """A worker in the middle of a sweep of one job, and the same sweep undisturbed."""
    worker = deployment.start("train", "--concurrency", "1")
    deployment.start("beat")
    undisturbed = submit(deployment.database, trials_per_job=100, **LONG)
    deployment.finished(undisturbed.sweep_id)
    disturbed = submit(deployment.database, trials_per_job=100, **LONG)
    deployment.until(lambda: deployment.recorded(disturbed.sweep_id) > 50)
    return worker, disturbed, record(deployment.database, undisturbed.sweep_id)


def ends_well(deployment, sweep, expected, attempts):
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    assert deployment.job(sweep.job_ids[0])["attempt"] == attempts
    assert breaches(deployment.database) == []
    assert differences(record(deployment.database, sweep.sweep_id), expected) == []


def test_sqlite_locked_for_40_seconds_costs_no_attempt_and_not_a_bit(deployment, running):
    """Longer than anybody waits for a lock, shorter than the lease."""
    _, sweep, expected = running
    path = deployment.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=120, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(40)
        other.execute("ROLLBACK")
    ends_well(deployment, sweep, expected, attempts=1)


def test_a_full_disk_costs_no_attempt_and_not_a_bit(deployment, running):
    """No file of the worker's may grow, its log included, until there is room again."""
    worker, sweep, expected = running
    main = psutil.Process(worker.process.pid)
    processes = [main, *main.children()]
    limit(processes, 1)
    log = deployment.logs / "train.log"
    said = log.stat().st_size
    before = deployment.recorded(sweep.sweep_id)
    time.sleep(5)
    assert deployment.recorded(sweep.sweep_id) == before, "the limit did not limit"
    assert log.stat().st_size == said
    limit(processes, resource.RLIM_INFINITY)
    ends_well(deployment, sweep, expected, attempts=1)


def limit(processes, size):
    for process in processes:
        process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_in_a_checkpoint_costs_time_and_not_a_bit(deployment, running, seed):
    worker, sweep, expected = running
    mine = checkpoints.c.trial_id.in_(select(trials.c.id).where(trials.c.sweep_id == sweep.sweep_id))
    deployment.until(lambda: deployment.rows(select(checkpoints.c.epoch).where(mine)))
    deployment.training_process(worker, sweep.job_ids[0], attempt=1).kill()
    draw = random.Random(seed)
    saved = draw.choice(deployment.rows(select(checkpoints).where(mine)))
    state = bytearray(saved["state"])
    state[draw.randrange(len(state) - 66)] ^= 1 << draw.randrange(8)
    with deployment.database.write() as connection:
        one = checkpoints.c.trial_id == saved["trial_id"]
        connection.execute(update(checkpoints).where(one).values(state=bytes(state)))
    ends_well(deployment, sweep, expected, attempts=2)
    assert "is damaged, going on from an earlier one" in (deployment.logs / "train.log").read_text()
