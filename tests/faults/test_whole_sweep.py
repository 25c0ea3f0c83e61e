"""A sweep through real processes: worker and scheduler, on SQLite and PostgreSQL, through a folder and Redis."""

import time

from tests.services.brokers import waiting_job_ids
from tests.worker.small_sweeps import submit
from worker.queue import Queue


def test_a_sweep_that_was_sent_is_trained_by_the_workers(deployment, broker):
    created = submit(deployment.database, trials_per_job=2)
    assert Queue(broker.url, patience=60).send_jobs(created.job_ids) == created.job_ids
    deployment.start("train", "--concurrency", "2")
    assert deployment.finished(created.sweep_id)["state"] == "finished"
    assert {trial["state"] for trial in deployment.trials(created.sweep_id)} == {"finished"}
    assert waiting_job_ids(broker) == []


def test_a_sweep_that_was_never_sent_is_found_by_recovery(deployment):
    created = submit(deployment.database)
    deployment.start("beat")
    deployment.start("train", "--concurrency", "1")
    assert deployment.finished(created.sweep_id)["state"] == "finished"
    assert {deployment.job(job_id)["attempt"] for job_id in created.job_ids} == {1}


def test_jobs_that_wait_for_a_worker_are_not_sent_over_and_over(deployment, broker):
    """Nobody trains: many passes later the queue holds each job once."""
    created = submit(deployment.database, trials_per_job=1)
    deployment.start("beat")
    deployment.until(lambda: set(waiting_job_ids(broker)) >= set(created.job_ids))
    # The messages are in the queue before the rows say so.
    deployment.until(lambda: all(deployment.job(job_id)["last_sent_at"] for job_id in created.job_ids))
    sent_at = deployment.job(created.job_ids[0])["last_sent_at"]
    time.sleep(10 * deployment.settings.recovery_seconds)  # some passes, also where the machine is busy
    assert sorted(waiting_job_ids(broker)) == sorted(created.job_ids)
    assert deployment.job(created.job_ids[0])["last_sent_at"] == sent_at
