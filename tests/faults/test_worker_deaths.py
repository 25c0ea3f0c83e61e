"""Workers that are killed, frozen and told to stop in mid-job: the sweep ends all the same, with the same bits."""

import signal
from dataclasses import replace

import pytest

from results.writes.moves import cancel as request_cancel
from tests.worker.small_sweeps import submit

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]
# A few seconds of training in one job, so that there is a middle to be killed in.
LONG = {"dataset": "digits", "layers": [[16]], "learning_rate": [0.1, 0.5, 2.0, 5.0], "batch_size": 8, "epochs": 60}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings):
    """Here leases do run out, and tests wait for it."""
    return replace(settings, lease_seconds=8.0)


@pytest.fixture
def running(deployment):
    """A worker with one process and a scheduler; an undisturbed sweep's curves; a sweep to disturb, in mid-job."""

    def run(max_attempts: int = 3):
        worker = deployment.start("train", "--concurrency", "1")
        deployment.start("beat")
        undisturbed = submit(deployment.database, trials_per_job=100, **LONG)
        deployment.finished(undisturbed.sweep_id)
        disturbed = submit(deployment.database, trials_per_job=100, max_attempts=max_attempts, **LONG)
        deployment.until(lambda: deployment.recorded(disturbed.sweep_id) > 50)
        assert deployment.job(disturbed.job_ids[0])["state"] == "running"
        return worker, disturbed, deployment.curves(undisturbed.sweep_id)

    return run


def test_a_killed_pool_process_costs_an_attempt_and_not_a_bit(deployment, running):
    worker, sweep, expected = running()
    deployment.training_process(worker, sweep.job_ids[0], attempt=1).kill()
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    assert deployment.job(sweep.job_ids[0])["attempt"] == 2
    assert deployment.curves(sweep.sweep_id) == expected


@ON_SQLITE
def test_a_killed_worker_is_replaced_by_another_after_its_lease(deployment, running):
    worker, sweep, expected = running()
    deployment.end(worker, signal.SIGKILL)
    deployment.start("train", "--concurrency", "1", name="second")
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    assert deployment.curves(sweep.sweep_id) == expected


def test_a_worker_told_to_stop_hands_its_job_back_in_time(deployment, running):
    worker, sweep, expected = running()
    assert deployment.end(worker, signal.SIGTERM) == 0
    job = deployment.job(sweep.job_ids[0])
    assert (job["state"], job["owner"]) == ("queued", None)
    assert {trial["state"] for trial in deployment.trials(sweep.sweep_id)} == {"queued"}
    before = deployment.recorded(sweep.sweep_id)
    assert 50 < before < len(expected)
    deployment.start("train", "--concurrency", "1", name="second")
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    assert deployment.curves(sweep.sweep_id) == expected
    assert "handed back" in (deployment.logs / "train.log").read_text()


@ON_SQLITE
def test_a_frozen_worker_loses_its_job_and_writes_nothing_when_it_thaws(deployment, running):
    worker, sweep, expected = running()
    deployment.freeze(worker)
    deployment.start("train", "--concurrency", "1", name="second")
    assert deployment.finished(sweep.sweep_id)["state"] == "finished"
    deployment.freeze(worker, signal.SIGCONT)
    deployment.until(lambda: "left to another worker" in (deployment.logs / "train.log").read_text())
    assert deployment.sweep(sweep.sweep_id)["state"] == "finished"
    assert deployment.curves(sweep.sweep_id) == expected


def test_a_job_that_kills_its_process_fails_after_its_last_attempt_with_the_reason(deployment, running):
    worker, sweep, expected = running(max_attempts=2)
    for attempt in (1, 2):
        deployment.training_process(worker, sweep.job_ids[0], attempt).kill()
    assert deployment.finished(sweep.sweep_id)["state"] == "failed"
    job = deployment.job(sweep.job_ids[0])
    assert (job["state"], job["attempt"]) == ("failed", 2)
    assert job["error"].startswith("attempt 2 of 2 killed its process: ")
    assert "signal 9 (SIGKILL)" in job["error"]
    assert all(trial["state"] == "failed" and trial["error"] for trial in deployment.trials(sweep.sweep_id))
    found = deployment.curves(sweep.sweep_id)
    assert found.items() <= expected.items()  # what was recorded stays, and is right


@ON_SQLITE
def test_cancelling_in_mid_run_ends_the_job_and_keeps_its_curves(deployment, running):
    _, sweep, expected = running()
    with deployment.database.write() as connection:
        request_cancel(connection, sweep.sweep_id)
    assert deployment.finished(sweep.sweep_id)["state"] == "cancelled"
    found = deployment.curves(sweep.sweep_id)
    assert 50 < len(found) < len(expected)
    assert found.items() <= expected.items()
    assert {trial["state"] for trial in deployment.trials(sweep.sweep_id)} == {"cancelled"}
