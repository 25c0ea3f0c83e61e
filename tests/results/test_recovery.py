"""What dead workers and lost messages leave behind is found and mended, once."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from results.database import Database
from results.reads import sweeps, trials
from results.tables.sweeps import sweeps as sweeps_table
from results.tables.trials import jobs as jobs_table
from results.values import Flush
from results.writes import jobs
from sweeps.states import State
from tests.results.samples import Recovery, claim, flush_of, plan_of, recover, store, train
from tests.results.test_jobs import job_row


def recovered(database: Database, resend_after: float = 600) -> Recovery:
    with database.write() as connection:
        return recover(connection, resend_after)


def test_what_was_committed_but_never_sent_is_to_be_sent(database: Database) -> None:
    created = store(database, plan_of([{}, {"l2": 0.5}]))
    assert recovered(database) == Recovery(created.job_ids, (), (), ())
    with database.write() as connection:
        jobs.mark_sent(connection, created.job_ids[:1])
    assert recovered(database).to_send == created.job_ids[1:]


def test_what_was_sent_but_not_claimed_for_long_is_to_be_sent_again(database: Database) -> None:
    created = store(database)
    with database.write() as connection:
        jobs.mark_sent(connection, created.job_ids)
    assert recovered(database, resend_after=600).to_send == ()
    assert recovered(database, resend_after=-1).to_send == created.job_ids


def test_what_runs_or_has_ended_is_not_sent(database: Database) -> None:
    created = store(database, plan_of([{}, {"l2": 0.5}]))
    claim(database, created.job_ids[0])
    train(database, created.job_ids[1])
    assert recovered(database, resend_after=-1) == Recovery((), (), (), ())


def test_an_expired_lease_gives_the_job_to_somebody_else_once(database: Database) -> None:
    created = store(database)
    dead = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.append(connection, dead, flush_of(dead, [0, 1]), lease_seconds=-1)
    assert recovered(database) == Recovery(created.job_ids, created.job_ids, (), ())
    assert recovered(database) == Recovery(created.job_ids, (), (), ())
    with database.read() as connection:
        view = trials.find(connection, dead.trials[0].trial_id)
    assert (view.state, view.epochs_recorded) == (State.QUEUED, 1)
    again = claim(database, created.job_ids[0])
    assert (again.attempt, again.trials) == (2, dead.trials)


def test_a_lease_that_holds_is_left_alone(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0], lease_seconds=60)
    assert recovered(database) == Recovery((), (), (), ())
    with database.write() as connection:
        jobs.append(connection, held, Flush(), 60)


def test_a_job_that_kills_its_worker_every_time_fails_with_the_reason_in_its_row(database: Database) -> None:
    created = store(database, max_attempts=2)
    claim(database, created.job_ids[0], lease_seconds=-1, owner="host 4711")
    assert recovered(database).requeued == created.job_ids
    claim(database, created.job_ids[0], lease_seconds=-1, owner="host 4712")
    assert recovered(database) == Recovery((), (), created.job_ids, ())
    with database.read() as connection:
        view = trials.page(connection, created.sweep_id).trials[0]
        assert view.state is State.FAILED
        assert "attempt 2 of 2" in str(view.error)
        assert "host 4712" in str(view.error)
        assert sweeps.find(connection, created.sweep_id).state is State.FAILED


@pytest.mark.parametrize("way", ["silence", "death", "error"])
def test_an_attempt_that_recorded_something_does_not_count_however_it_ends(database: Database, way: str) -> None:
    """A job that advances is offered as often as it takes; without progress it ends after its attempts."""
    created = store(database, max_attempts=2)
    job_id = created.job_ids[0]
    for epochs in ([0], [1], [2], [], []):
        held = claim(database, job_id, owner="host 1 task")
        with database.write() as connection:
            if epochs:
                jobs.append(connection, held, flush_of(held, epochs), lease_seconds=-1)
            jobs.append(connection, held, Flush(), lease_seconds=-1)
            if way == "death":
                jobs.process_died(connection, job_id, "host 1 task", "signal 9")
            elif way == "error":
                jobs.release(connection, held, "OSError: the disk is gone", retry=True)
        recovered(database)
        state = job_row(database, job_id).state
        assert state == (State.FAILED if held.attempt == 5 else State.QUEUED)
    assert job_row(database, job_id).attempt == 5


def test_several_sweeps_are_mended_in_one_pass(database: Database) -> None:
    made = [store(database, plan_of([{}, {"l2": 0.5}])) for _ in range(3)]
    for created in made:
        claim(database, created.job_ids[0], lease_seconds=-1)
    found = recovered(database)
    assert found.requeued == tuple(created.job_ids[0] for created in made)
    assert found.to_send == tuple(job_id for created in made for job_id in created.job_ids)


def test_a_sweep_whose_jobs_have_all_ended_is_ended(database: Database) -> None:
    """As a crash of an older program might have left it."""
    created = store(database)
    train(database, created.job_ids[0])
    with database.write() as connection:
        connection.execute(update(sweeps_table).values(state=State.RUNNING, finished_at=None))
    assert recovered(database) == Recovery((), (), (), ())
    with database.read() as connection:
        view = sweeps.find(connection, created.sweep_id)
    assert view.state is State.FINISHED
    assert view.finished_at is not None


def test_the_database_whose_clock_counts_is_the_servers(postgresql_server, monkeypatch) -> None:
    """A worker whose clock is an hour ahead must not make others' leases expire."""
    from results import clock
    from results.database import open_database

    url = postgresql_server.migrated_database()
    database = open_database(url)

    class Ahead:
        @staticmethod
        def now(_zone: object) -> None:
            raise AssertionError("asked this machine's clock")

    created = store(database)
    monkeypatch.setattr(clock, "datetime", Ahead)
    claim(database, created.job_ids[0], lease_seconds=60)
    assert recovered(database) == Recovery((), (), (), ())
    with database.write() as connection:
        connection.execute(update(jobs_table).values(lease_expires_at=None))
    database.dispose()
    postgresql_server.drop(url)
