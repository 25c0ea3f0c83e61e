"""Recovery with a real broker: what is sent again, and what is not because it only waits for a free worker."""

import itertools
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import update

from results.database import open_database
from results.errors import RowsHeld
from results.tables.trials import jobs
from results.values import Flush
from results.writes import jobs as job_writes
from results.writes import moves, recovery
from settings import Settings
from tests.services.brokers import waiting_job_ids
from tests.services.fake_clock import FakeClock
from tests.worker.recovering import recover_once, recover_silent
from tests.worker.searching import SilentQueue
from tests.worker.small_sweeps import submit
from worker.queue import Queue
from worker.recover import Watch, recover


def sent(database, queue, job_ids):
    """Send jobs and note it, as the API does."""
    queue.send_jobs(job_ids)
    with database.write() as connection:
        job_writes.mark_sent(connection, job_ids)


def age(database, seconds):
    """Let everything have happened so many seconds earlier."""
    from datetime import timedelta

    with database.write() as connection:
        for row in connection.execute(jobs.select()).all():
            earlier = {
                name: row._mapping[name] - timedelta(seconds=seconds)
                for name in ("created_at", "last_sent_at")
                if row._mapping[name] is not None
            }
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(earlier))


def test_jobs_that_wait_for_a_free_worker_are_not_sent_again_and_again(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    sent(database, queue, created.job_ids)
    for _ in range(3):
        age(database, 100)
        assert recover_once(database, queue, settings).sent == ()
    assert waiting_job_ids(broker) == list(created.job_ids)


def test_what_a_broker_lost_is_sent_again(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    sent(database, queue, created.job_ids)
    broker.flush()
    assert recover_once(database, queue, settings).sent == ()  # too early to tell
    age(database, 100)
    assert recover_once(database, queue, settings).sent == created.job_ids
    assert recover_once(database, queue, settings).sent == ()


def test_a_job_taken_back_is_sent_however_busy_the_queue_is_with_younger_ones(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    [job_id] = submit(database, trials_per_job=100).job_ids
    sent(database, queue, [job_id])
    with database.write() as connection:
        job_writes.claim(connection, job_id, "dies", 60.0)
    broker.flush()
    age(database, 100)
    younger = submit(database, trials_per_job=1)
    sent(database, queue, younger.job_ids)
    *_, recovered = recover_silent(database, queue, settings)
    assert (recovered.requeued, recovered.sent) == ((job_id,), (job_id,))
    assert waiting_job_ids(broker) == [*younger.job_ids, job_id]
    assert recover_once(database, queue, settings).sent == ()


def test_jobs_that_their_sender_is_just_sending_are_left_to_it(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    queue.send_jobs(created.job_ids)  # and not yet noted
    assert recover_once(database, queue, settings).sent == ()


def test_what_could_not_be_sent_is_sent_when_the_broker_is_back(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    broker.stop()
    age(database, 100)
    assert recover_once(database, queue, settings).sent == ()
    broker.start()
    assert recover_once(database, queue, settings).sent == created.job_ids


@pytest.fixture
def clock(monkeypatch):
    """This machine's clock, which only moves when told; SQLite databases ask it."""
    found = FakeClock()
    found.install(monkeypatch)
    return found


def claimed(database, *, lease=30.0, **parameters):
    """The claims of a sweep of jobs of one trial each."""
    created = submit(database, trials_per_job=1, **parameters)
    with database.write() as connection:
        return [job_writes.claim(connection, job_id, "worker", lease) for job_id in created.job_ids]


def states(database):
    with database.read() as connection:
        return [row.state for row in connection.execute(jobs.select().order_by(jobs.c.id))]


@pytest.mark.parametrize("jumps", [[120.0] * 9, [-1200.0], [3600.0, -3600.5, 7.0] * 3])
def test_whoever_gives_signs_keeps_its_job_and_who_falls_silent_loses_it_however_the_clock_is_set(
    sqlite_database, clock, jumps
):
    living, dead, *_ = claimed(sqlite_database)
    settings, taken = Settings(), []
    watch = Watch(settings.lease_seconds, clock.monotonic)
    steps = itertools.chain(jumps, itertools.repeat(0.0, 12))
    for jump in steps:
        clock.jump(jump)
        for _ in range(2):  # a renewal in between, as every sixth of a lease brings one
            clock.advance(2.5)
            with sqlite_database.write() as connection:
                job_writes.append(connection, living, Flush(), 30.0)
            taken += recover(sqlite_database, SilentQueue(), settings, watch).requeued
        assert clock.passed > 30.0 or taken == []
    assert dead.job_id in taken
    assert living.job_id not in taken


def test_what_a_broker_lost_is_sent_again_although_the_clock_was_set_back(sqlite_database, broker, clock):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(sqlite_database, trials_per_job=1)
    sent(sqlite_database, queue, created.job_ids)
    broker.flush()
    clock.jump(-1200)
    assert recover_once(sqlite_database, queue, settings).sent == created.job_ids


def test_where_nobody_could_look_or_write_nobody_was_silent(sqlite_database, clock):
    """The scheduler's host was asleep, or the database away: a worker gets the time to give its next sign."""
    claim, *_ = claimed(sqlite_database)
    settings, watch = Settings(), Watch(30.0, clock.monotonic)
    for _ in range(3):
        assert recover(sqlite_database, SilentQueue(), settings, watch).requeued == ()
        clock.advance(86_400)
    with sqlite_database.write() as connection:
        job_writes.append(connection, claim, Flush(), 30.0)
    found = [recover(sqlite_database, SilentQueue(), settings, watch).requeued for _ in range(5)]
    assert all(claim.job_id not in one for one in found)


def test_each_job_may_be_silent_for_as_long_as_its_own_worker_says(sqlite_database, clock):
    short, *_ = claimed(sqlite_database, lease=10.0)
    long, *_ = claimed(sqlite_database, lease=100.0)
    watch, taken = Watch(30.0, clock.monotonic), []
    for _ in range(12):
        taken += recover(sqlite_database, SilentQueue(), Settings(), watch).requeued
        clock.advance(3.0)
    assert short.job_id in taken
    assert long.job_id not in taken


def held_by_a_user(database, statement):
    """An open transaction of somebody with psql."""
    connection = psycopg.connect(database.url.replace("postgresql+psycopg", "postgresql"))
    connection.execute(statement)
    return connection


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["sweeps", "jobs", "trials"])
def test_one_users_open_transaction_stops_the_recovery_of_no_other_sweep(database, settings, table):
    firsts = [claimed(database)[0] for _ in range(3)]
    held, *others = (one.job_id for one in firsts)
    named = {"sweeps": "name = 'mine'", "jobs": "error = 'mine'", "trials": "error = 'mine'"}[table]
    mine = {"sweeps": "id", "jobs": "sweep_id", "trials": "sweep_id"}[table]
    with closing(held_by_a_user(database, f"UPDATE {table} SET {named} WHERE {mine} = {firsts[0].sweep_id}")):
        taken = [key for one in recover_silent(database, SilentQueue(), settings) for key in one.requeued]
        assert set(others) <= set(taken)
        assert held not in taken
    taken = [key for one in recover_silent(database, SilentQueue(), settings) for key in one.requeued]
    assert held in taken


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_rows_that_a_user_holds_cost_everybody_else_a_while_and_an_error_that_says_so(database, monkeypatch):
    monkeypatch.setattr("results.postgresql.LOCK_SECONDS", 0.2)
    claim, *_ = claimed(database)
    with closing(held_by_a_user(database, "UPDATE sweeps SET name = 'mine'")):
        impatient = open_database(database.url)
        with pytest.raises(RowsHeld, match="another transaction holds these rows"), impatient.write() as connection:
            moves.cancel(connection, claim.sweep_id)
        impatient.dispose()


def test_a_sweep_whose_rows_make_no_sense_stops_the_recovery_of_no_other(database, settings, monkeypatch):
    claims = [claimed(database)[0] for _ in range(2)]
    honest = recovery.give_back

    def broken(connection, job_id, *arguments, **more):
        if job_id == claims[0].job_id:
            raise ValueError("on purpose")
        return honest(connection, job_id, *arguments, **more)

    monkeypatch.setattr(recovery, "give_back", broken)
    taken = [key for one in recover_silent(database, SilentQueue(), settings) for key in one.requeued]
    assert claims[1].job_id in taken
    assert claims[0].job_id not in taken
