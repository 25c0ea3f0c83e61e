"""Recovery with a real broker: what is sent again, and what is not because it only waits for a free worker."""

from sqlalchemy import update

from results.tables.trials import jobs
from results.writes import jobs as job_writes
from settings import Settings
from tests.services.brokers import waiting_job_ids
from tests.worker.small_sweeps import submit
from worker.queue import Queue
from worker.recover import recover


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
                for name in ("created_at", "last_sent_at", "lease_expires_at")
                if row._mapping[name] is not None
            }
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(earlier))


def test_jobs_that_wait_for_a_free_worker_are_not_sent_again_and_again(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    sent(database, queue, created.job_ids)
    for _ in range(3):
        age(database, 100)
        assert recover(database, queue, settings).sent == ()
    assert waiting_job_ids(broker) == list(created.job_ids)


def test_what_a_broker_lost_is_sent_again(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    sent(database, queue, created.job_ids)
    broker.flush()
    assert recover(database, queue, settings).sent == ()  # too early to tell
    age(database, 100)
    assert recover(database, queue, settings).sent == created.job_ids
    assert recover(database, queue, settings).sent == ()


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
    recovered = recover(database, queue, settings)
    assert (recovered.requeued, recovered.sent) == ((job_id,), (job_id,))
    assert waiting_job_ids(broker) == [*younger.job_ids, job_id]
    assert recover(database, queue, settings).sent == ()


def test_jobs_that_their_sender_is_just_sending_are_left_to_it(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    queue.send_jobs(created.job_ids)  # and not yet noted
    assert recover(database, queue, settings).sent == ()


def test_what_could_not_be_sent_is_sent_when_the_broker_is_back(database, broker):
    queue, settings = Queue(broker.url, patience=60), Settings(resend_seconds=90)
    created = submit(database, trials_per_job=1)
    broker.stop()
    age(database, 100)
    assert recover(database, queue, settings).sent == ()
    broker.start()
    assert recover(database, queue, settings).sent == created.job_ids
