"""A worker that cannot renew its lease ends its training by itself, and another goes on with the same bits."""

from contextlib import contextmanager
from dataclasses import replace

from results.errors import DatabaseUnusable
from results.tables.trials import jobs
from tests.results.samples import recover
from tests.worker.small_sweeps import submit, train_all
from tests.worker.stored import curves, rows
from worker.train_job import Ending, train_job


class Lost:
    """A database that can be written once, and read: behind a network that has broken."""

    def __init__(self, database):
        self._database, self.writes = database, 0

    @contextmanager
    def write(self):
        self.writes += 1
        if self.writes > 1:
            raise DatabaseUnusable("the network is gone")
        with self._database.write() as connection:
            yield connection

    def read(self):
        return self._database.read()


def test_a_worker_that_cannot_renew_its_lease_stops_and_writes_nothing(database, settings):
    """It would train for minutes: a hundred thousand epochs."""
    undisturbed = submit(database, trials_per_job=100, epochs=40)
    endless = submit(database, trials_per_job=100, epochs=100_000)
    [job] = endless.job_ids
    lost = Lost(database)
    impatient = replace(settings, lease_seconds=0.3, flush_seconds=0.01)
    assert train_job(lost, impatient, job, "cut off") is Ending.BROKE
    assert lost.writes > 2  # it tried again and again before it gave up
    assert rows(database, jobs, id=job)[0]["state"] == "running"
    assert curves(database, endless.sweep_id) == {}
    with database.write() as connection:
        assert recover(connection).requeued == (job,)
    assert set(train_all(database, settings, undisturbed)) == {Ending.FINISHED}
