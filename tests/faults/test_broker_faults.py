"""A broker emptied, stopped and frozen under load: only messages are lost, and recovery sends them again."""

import pytest

from tests.worker.small_sweeps import submit
from worker.queue import Queue

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(1200),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
MANY = {"learning_rate": [0.01 * step for step in range(1, 41)], "epochs": 60}  # 80 jobs of one trial each


@pytest.fixture
def under_load(deployment, broker):
    deployment.start("beat")
    deployment.start("train", "--concurrency", "2")
    created = submit(deployment.database, trials_per_job=1, **MANY)
    Queue(broker.url, patience=100).send_jobs(created.job_ids)
    deployment.until(lambda: any(trial["state"] == "finished" for trial in deployment.trials(created.sweep_id)))
    assert deployment.sweep(created.sweep_id)["state"] == "running"
    return created


def all_done(deployment, created):
    assert deployment.finished(created.sweep_id)["state"] == "finished"
    assert {trial["state"] for trial in deployment.trials(created.sweep_id)} == {"finished"}
    assert len(deployment.curves(created.sweep_id)) == 80 * 61
    assert {deployment.job(job_id)["attempt"] for job_id in created.job_ids} == {1}


def test_emptying_it_loses_nothing(deployment, under_load, broker):
    broker.flush()
    all_done(deployment, under_load)


def test_one_stopped_and_started_again_loses_nothing(deployment, under_load, broker):
    broker.stop()
    broker.start()
    all_done(deployment, under_load)


@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_redis_frozen_for_a_while_loses_nothing(deployment, under_load, broker):
    broker.freeze()
    before = deployment.recorded(under_load.sweep_id)
    deployment.until(lambda: deployment.recorded(under_load.sweep_id) > before)  # what runs goes on
    broker.thaw()
    all_done(deployment, under_load)
