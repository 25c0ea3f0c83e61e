"""Processes killed once at every step of every commit: the next one finishes the work, with the same bits."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.application import create_app
from results.database import open_database
from results.tables.sweeps import sweeps
from results.tables.trials import jobs
from settings import Settings
from tests.faults.checking.invariants import breaches
from tests.faults.checking.records import differences, record
from tests.services.brokers import waiting_job_ids
from tests.services.forked import killed_in
from tests.worker.recovering import recover_once, recover_silent
from tests.worker.small_sweeps import after, document, submit
from tests.worker.stopped_sweeps import HYPERBAND
from tests.worker.stopped_sweeps import submit as submit_stopped
from tests.worker.stored import rows
from worker import beginning
from worker.failpoints import POINTS, reach
from worker.queue import Queue
from worker.train_job import Ending, train_job

SLOW = {"dataset": "digits", "layers": [[8]], "learning_rate": [0.1, 1e6], "batch_size": 8, "epochs": 25}
OF_SUBMISSION = [point for point in POINTS if point.startswith("submission")]
OF_RECOVERY = [point for point in POINTS if point.startswith("recovery")]
OF_TRAINING = [point for point in POINTS if point not in OF_SUBMISSION + OF_RECOVERY]
NO_BROKER = Queue("redis://127.0.0.1:1/0", patience=1.0)


@pytest.fixture
def armed(settings, tmp_path) -> Callable[[str], Settings]:
    """Settings under which everything happens often, with this failpoint armed."""

    def arm(point: str) -> Settings:
        folder = tmp_path / "failpoints"
        folder.mkdir()
        (folder / point).touch()
        often = {"flush_seconds": 0.01, "checkpoint_seconds": 0.03, "resend_seconds": 0.001}
        return replace(settings, failpoints=str(folder), **often)

    return arm


def train(settings, job_id, point):
    """One attempt, led to where this point is; in a process of its own."""
    if point.startswith("release"):
        beginning.load = lambda name: 1 / 0
    if point.startswith("lease"):
        settings = replace(settings, lease_seconds=0.3, flush_seconds=1000.0)
    if point.startswith("flush"):
        settings = replace(settings, checkpoint_seconds=1000.0)  # no flush is one with states
    if point.startswith("checkpoint"):
        settings = replace(settings, checkpoint_seconds=1e-6)  # every flush is
    stopping = after(2) if point.startswith("hand_back") else after(10**9)
    train_job(open_database(settings.database_url), settings, job_id, "to be killed", stopping)


@pytest.mark.parametrize("point", OF_TRAINING)
def test_a_trainer_killed_at_any_step_costs_an_attempt_and_not_a_bit(database, armed, settings, point):
    undisturbed, disturbed = (_submit(database, point) for _ in range(2))
    train_job(database, settings, undisturbed.job_ids[0], "undisturbed")
    [job_id] = disturbed.job_ids
    assert killed_in(train, armed(point), job_id, point)
    assert breaches(database, at_rest=False) == []
    claimed = 0 if point == "claim.uncommitted" else 1
    assert rows(database, jobs, id=job_id)[0]["attempt"] == claimed
    _take_back(database, settings)
    done = point == "end.committed"
    assert train_job(database, settings, job_id, "next") is (Ending.UNCLAIMED if done else Ending.FINISHED)
    assert breaches(database) == []
    assert differences(record(database, disturbed.sweep_id), record(database, undisturbed.sweep_id)) == []


def _submit(database, point):
    return submit_stopped(database, HYPERBAND) if point.startswith("decide") else submit(database, 100, **SLOW)


def _take_back(database, settings):
    """Let what leases there are run out."""
    recover_silent(database, NO_BROKER, settings)


def recover_here(settings):
    recover_once(open_database(settings.database_url), Queue(settings.broker_url, patience=60), settings)


@pytest.mark.parametrize("point", OF_RECOVERY)
def test_recovery_killed_at_any_step_is_made_good_by_the_next_pass(database, armed, broker, point):
    settings = replace(armed(point), broker_url=broker.url)
    created = submit(database, trials_per_job=1)
    assert killed_in(recover_here, settings)
    recover_here(settings)
    assert set(waiting_job_ids(broker)) == set(created.job_ids)
    assert all(job["last_sent_at"] for job in rows(database, jobs))


def post(settings):
    """Submit a sweep under a key."""
    http = create_app(settings).test_client()
    assert http.post("/api/v1/sweeps", json=document(), headers={"Idempotency-Key": "mine"}).status_code == 201


@pytest.mark.parametrize("point", OF_SUBMISSION)
def test_an_api_killed_at_any_step_of_a_submission_leaves_all_of_the_sweep_or_nothing(database, armed, broker, point):
    settings = replace(armed(point), broker_url=broker.url)
    assert killed_in(post, settings)
    assert len(rows(database, sweeps)) == (0 if point == "submission.uncommitted" else 1)
    assert breaches(database, at_rest=False) == []
    post(settings)  # the same again: its user knows of nothing
    assert len(rows(database, sweeps)) == 1
    recover_here(settings)
    assert set(waiting_job_ids(broker)) == {job["id"] for job in rows(database, jobs)}


def test_without_a_directory_no_file_is_looked_for(monkeypatch):
    monkeypatch.setattr("worker.failpoints.Path", lambda *_: pytest.fail("looked for a file"))
    reach(Settings(), "claim.committed")
